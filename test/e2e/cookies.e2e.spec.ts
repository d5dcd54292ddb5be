import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client } from '../support/client';
import { BrowserClient, cookieOf } from '../support/cookie-client';
import { startApp, type RunningApp } from '../support/running-app';

const CREDENTIALS = { username: 'cookie-monster', password: 'quartz lemon bridge' };
const EVIL = 'https://evil.example';

describe('The refresh cookie', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterAll(() => parley.close());

  const browser = () => new BrowserClient(parley.url, { origin: parley.url });

  it.each([
    ['a guest', '/auth/guest', {}],
    ['a new member', '/auth/register', CREDENTIALS],
    ['a member', '/auth/login', CREDENTIALS],
  ])('of %s is there in place of the token in the body', async (_who, path, body) => {
    const page = browser();
    const { body: tokens } = await page.signIn(path, body);
    expect(tokens.refreshToken).toBeNull();
    expect(page.cookie!.value).toMatch(/^rt_[\w-]+$/);
    const me = await new Client(parley.url, tokens).get('/users/me');
    expect(me.status).toBe(200);
  });

  it('cannot be read by scripts, goes to no other site, and lasts as long as an idle session', async () => {
    const page = browser();
    await page.signIn('/auth/guest');
    const attributes = page.cookie!.attributes.filter((text) => !text.startsWith('expires='));
    expect(attributes.sort()).toEqual(['httponly', 'max-age=2592000', 'path=/', 'samesite=strict', 'secure']);
    expect(page.cookie!.name).toBe('__Host-parley_refresh');
  });

  it('is not there for who asks for the token in the body', async () => {
    const answer = await new Client(parley.url).post<TokensResponse>('/auth/guest', { transport: 'body' });
    expect(answer.body.refreshToken).toMatch(/^rt_/);
    expect(cookieOf(answer)).toBeNull();
  });

  it('goes on by refreshes without a body, and is another one each time', async () => {
    const page = browser();
    const { body: first } = await page.signIn('/auth/guest');
    const before = page.cookie!;
    const { status, body } = await page.post<TokensResponse>('/auth/refresh');
    expect(status).toBe(200);
    expect(body).toMatchObject({ refreshToken: null, user: first.user });
    expect(page.cookie!.value).not.toBe(before.value);
    expect((await page.post('/auth/refresh', {})).status).toBe(200);
  });

  it('is taken at refresh whatever the Authorization header says', async () => {
    const page = browser();
    await page.signIn('/auth/guest');
    expect((await page.post('/auth/refresh', {}, { authorization: 'Bearer nonsense' })).status).toBe(200);
  });

  describe('from another place than our own pages', () => {
    it.each(['/auth/refresh', '/auth/logout'])('is refused at %s', async (path) => {
      const page = new BrowserClient(parley.url);
      await page.signIn('/auth/guest');
      for (const origin of [
        undefined,
        EVIL,
        'null',
        `${parley.url}.evil.example`,
        parley.url.replace('http', 'https'),
      ]) {
        const refused = await page.post(path, undefined, { ...(origin && { origin }) });
        expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      }
      expect((await page.post('/auth/refresh', undefined, { origin: parley.url })).status).toBe(200);
    });
  });

  it('alone signs out, and is taken back', async () => {
    const page = browser();
    const { body: tokens } = await page.signIn('/auth/guest');
    const kept = page.cookie!;
    expect((await page.post('/auth/logout')).status).toBe(204);
    expect(page.cookie).toMatchObject({ name: kept.name, value: '' });
    expect(page.cookie!.attributes).toEqual(expect.arrayContaining(['path=/', 'secure', 'httponly']));
    page.cookie = kept;
    const revoked = { status: 401, body: { code: 'session_revoked' } };
    expect(await page.post('/auth/refresh')).toMatchObject(revoked);
    expect(await new Client(parley.url, tokens).get('/users/me')).toMatchObject(revoked);
    expect((await page.post('/auth/logout')).status).toBe(204); // again: it has ended already
  });

  it('beside an access token leaves signing out to the token', async () => {
    const page = browser();
    const { body: tokens } = await page.signIn('/auth/guest');
    const authorization = `Bearer ${tokens.accessToken}`;
    expect((await page.post('/auth/logout', undefined, { authorization, origin: EVIL })).status).toBe(204);
    expect(page.cookie!.value).toBe('');
  });

  it.each([
    ['neither cookie nor token', null],
    ['a forged cookie', { name: '__Host-parley_refresh', value: 'rt_forged', attributes: [] }],
  ])('signs nobody out with %s', async (_what, cookie) => {
    const page = browser();
    page.cookie = cookie;
    const refused = await page.post('/auth/logout');
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  });

  it('of another name is none', async () => {
    const page = browser();
    await page.signIn('/auth/guest');
    page.cookie = { ...page.cookie!, name: 'parley_refresh' };
    expect(await page.post('/auth/refresh')).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/refreshToken' }] },
    });
  });
});
