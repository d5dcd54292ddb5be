import type { TokensResponse } from '../../src/auth/auth.dto';
import { BROWSERS } from '../support/browsers';
import { Client } from '../support/client';
import { BrowserClient } from '../support/cookie-client';
import { startApp, type RunningApp } from '../support/running-app';

const REVOKED = { status: 401, body: { code: 'session_revoked' } };
const { firefoxOnWindows, newerFirefoxOnWindows, firefoxOnLinux, chromeOnWindows } = BROWSERS;

describe('A session', () => {
  let parley: RunningApp;

  const signIn = async () => {
    const page = new BrowserClient(parley.url, { origin: parley.url, userAgent: firefoxOnWindows });
    return { page, tokens: (await page.signIn('/auth/guest')).body };
  };
  const callFrom = (tokens: TokensResponse, userAgent: string) =>
    new Client(parley.url, tokens).get('/users/me', { headers: { 'User-Agent': userAgent } });
  const refreshFrom = (page: BrowserClient, userAgent: string) =>
    page.post('/auth/refresh', undefined, { userAgent });

  describe('of a browser', () => {
    beforeAll(async () => {
      parley = await startApp();
    });

    afterAll(() => parley.close());

    it('goes on in that browser, also after its update', async () => {
      const { page, tokens } = await signIn();
      expect((await callFrom(tokens, firefoxOnWindows)).status).toBe(200);
      expect((await callFrom(tokens, newerFirefoxOnWindows)).status).toBe(200);
      expect((await refreshFrom(page, newerFirefoxOnWindows)).status).toBe(200);
    });

    it.each([
      ['another browser', chromeOnWindows],
      ['the same browser on another platform', firefoxOnLinux],
      ['a program', 'curl/8.1.0'],
    ])('ends when its cookie turns up in %s', async (_what, userAgent) => {
      const { page, tokens } = await signIn();
      expect(await refreshFrom(page, userAgent)).toMatchObject(REVOKED);
      expect(await refreshFrom(page, firefoxOnWindows)).toMatchObject(REVOKED);
      expect(await callFrom(tokens, firefoxOnWindows)).toMatchObject(REVOKED);
    });

    it('ends when its access token turns up in another browser', async () => {
      const { page, tokens } = await signIn();
      expect(await callFrom(tokens, chromeOnWindows)).toMatchObject(REVOKED);
      expect(await callFrom(tokens, firefoxOnWindows)).toMatchObject(REVOKED);
      expect(await refreshFrom(page, firefoxOnWindows)).toMatchObject(REVOKED);
    });

    it('ends when its cookie is sent in a body from another browser', async () => {
      const { page } = await signIn();
      const refreshToken = page.cookie!.value;
      page.cookie = null;
      const stolen = await page.post('/auth/refresh', { refreshToken }, { userAgent: chromeOnWindows });
      expect(stolen).toMatchObject(REVOKED);
    });

    it('is one line in the security log, however often it is tried again', async () => {
      const { page, tokens } = await signIn();
      for (let n = 0; n < 3; n++) await refreshFrom(page, chromeOnWindows);
      const lines = await parley.database.query<{ user_agent: string }>(
        `select user_agent from audit_events where action = 'session.moved' and user_id = $1`,
        [tokens.user.id],
      );
      expect(lines).toEqual([{ user_agent: chromeOnWindows }]);
    });

    it('that has its tokens in bodies is a program, which may move', async () => {
      const { body } = await new Client(parley.url).post<TokensResponse>('/auth/guest');
      expect((await callFrom(body, firefoxOnWindows)).status).toBe(200);
      expect((await callFrom(body, chromeOnWindows)).status).toBe(200);
    });
  });

  describe('of a browser, with SESSION_PROTECTION=off', () => {
    beforeAll(async () => {
      parley = await startApp({ SESSION_PROTECTION: 'off' });
    });

    afterAll(() => parley.close());

    it('goes on in any browser', async () => {
      const { page, tokens } = await signIn();
      expect((await callFrom(tokens, chromeOnWindows)).status).toBe(200);
      expect((await refreshFrom(page, firefoxOnLinux)).status).toBe(200);
    });
  });
});
