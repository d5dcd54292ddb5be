import type { TokensResponse } from '../../src/auth/auth.dto';
import type { SessionResponse } from '../../src/auth/sessions/session.dto';
import type { Page } from '../../src/common/paging/page';
import { Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { startApp, type RunningApp } from '../support/running-app';
import { waitUntil } from '../support/wait-until';

const CREDENTIALS = { username: 'everywhere', password: 'quartz lemon bridge' };

describe('The list of sessions', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
    await Client.member(parley.url, CREDENTIALS.username);
  });

  beforeEach(async () => {
    await parley.database.query('update users set session_epoch = session_epoch + 1'); // nobody is signed in
    ana = await signIn('laptop');
  });

  afterAll(() => parley.close());

  const signIn = async (userAgent: string) => {
    const headers = { 'User-Agent': userAgent };
    const { body } = await new Client(parley.url).post<TokensResponse>('/auth/login', CREDENTIALS, {
      headers,
    });
    return new Client(parley.url, body);
  };
  const list = async () => (await ana.get<Page<SessionResponse>>('/auth/sessions')).body;
  const agents = async () => (await list()).data.map(({ userAgent }) => userAgent);
  const idOf = async (userAgent: string) =>
    (await list()).data.find((session) => session.userAgent === userAgent)!.id;
  const isRefused = (client: Client) =>
    waitUntil(async () => (await client.get('/users/me')).status === 401, 'a refusal');

  it('tells where, how and since when somebody is signed in, and which one is this one', async () => {
    await signIn('phone');
    const { data } = await list();
    expect(data.map(({ userAgent, ip, current }) => ({ userAgent, ip, current }))).toEqual([
      { userAgent: 'phone', ip: '127.0.0.1', current: false },
      { userAgent: 'laptop', ip: '127.0.0.1', current: true },
    ]);
    const [{ createdAt, lastUsedAt, expiresAt }] = data as [SessionResponse];
    expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(createdAt));
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBeCloseTo(30 * 86_400_000, -4);
  });

  it('has the living ones only', async () => {
    const [phone, tablet, watch] = [await signIn('phone'), await signIn('tablet'), await signIn('watch')];
    await phone.post('/auth/logout');
    const change = (client: Client, set: string) =>
      parley.database.query(
        `update sessions set ${set} where id = (
           select id from sessions where user_agent = $1 order by id desc limit 1)`,
        [client === tablet ? 'tablet' : 'watch'],
      );
    await change(tablet, 'idle_expires_at = now()');
    await change(watch, 'expires_at = now()');
    expect(await agents()).toEqual(['laptop']);
  });

  it('goes page by page, newest first', async () => {
    for (let n = 0; n < 4; n++) await signIn(`device ${n}`);
    const seen = (await collectPages<SessionResponse>(ana, '/auth/sessions?limit=2')).flat();
    expect(seen.map(({ userAgent }) => userAgent)).toEqual([
      'device 3',
      'device 2',
      'device 1',
      'device 0',
      'laptop',
    ]);
  });

  it('shows an address of IPv4 as such, and cuts a long name of a browser', async () => {
    await signIn('x'.repeat(1_000));
    expect((await list()).data[0]).toMatchObject({ ip: '127.0.0.1', userAgent: 'x'.repeat(300) });
  });

  it('says when a session was last used, a minute behind at most', async () => {
    await parley.database.query(`update sessions set last_used_at = now() - interval '2 minutes'`);
    const before = (await list()).data[0]!; // its check has been remembered since it signed in, or is made now
    const now = await waitUntil(async () => {
      const [session] = (await list()).data;
      return Date.parse(session!.lastUsedAt) > Date.now() - 60_000 ? session : null;
    }, 'a use that is written down');
    expect(now.id).toBe(before.id);
  });

  it('lets one session be ended, once', async () => {
    const phone = await signIn('phone');
    const id = await idOf('phone');
    expect((await ana.delete(`/auth/sessions/${id}`)).status).toBe(204);
    expect((await phone.get('/users/me')).status).toBe(401); // at once on this replica
    const again = await ana.delete(`/auth/sessions/${id}`);
    expect(again).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await agents()).toEqual(['laptop']);
  });

  it('lets the session at hand be ended, too', async () => {
    expect((await ana.delete(`/auth/sessions/${await idOf('laptop')}`)).status).toBe(204);
    expect((await ana.get('/users/me')).status).toBe(401);
  });

  it('lets all others be ended, and nobody else', async () => {
    const guest = await Client.guest(parley.url);
    const others = [await signIn('phone'), await signIn('tablet')];
    expect((await ana.delete('/auth/sessions')).status).toBe(204);
    await Promise.all(others.map(isRefused));
    expect(await agents()).toEqual(['laptop']);
    expect((await guest.get('/users/me')).status).toBe(200);
    expect((await ana.delete('/auth/sessions')).status).toBe(204); // there is none left to end
  });
});
