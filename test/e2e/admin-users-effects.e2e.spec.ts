import type { TokensResponse } from '../../src/auth/auth.dto';
import { aMember, anAdmin, newKey, PASSWORD, signedInAgain, withKey } from '../support/callers';
import { Client, type ProblemBody } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const pathOf = ({ tokens }: Client) => `/users/${tokens!.user.id}`;

describe('An account', () => {
  let parley: RunningApp;
  let admin: Client;
  let ana: Client;
  let aheadMs = 0;

  beforeAll(async () => {
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
    parley = await startApp();
    admin = await anAdmin(parley);
  });

  beforeEach(async () => {
    ana = await aMember(parley);
  });

  afterAll(async () => {
    await parley.close();
    jest.restoreAllMocks();
  });

  const logIn = (password: string) =>
    new Client(parley.url).post('/auth/login', { username: ana.tokens!.user.username, password });
  const refresh = <Body = ProblemBody>(of = ana) =>
    new Client(parley.url).post<Body>('/auth/refresh', { refreshToken: of.tokens!.refreshToken });
  /** What has changed is known everywhere by then. */
  const fiveSecondsLater = () => (aheadMs += 5_000);
  const remembered = async (...callers: readonly Client[]) => {
    for (const caller of callers) expect(await caller.get('/users/me')).toMatchObject({ status: 200 });
  };

  describe('that is disabled', () => {
    it('is refused soon, by any of its sessions and keys, and at every refresh', async () => {
      const callers = [ana, await signedInAgain(ana), await withKey(ana, ['chat'])];
      await remembered(...callers);
      await admin.patch(pathOf(ana), { disabled: true });
      fiveSecondsLater();
      for (const caller of callers) expectProblem(await caller.get('/users/me'), 403, 'account_disabled');
      for (const caller of callers.slice(0, 2)) expectProblem(await refresh(caller), 403, 'account_disabled');
    });

    it('is told so only where the right password is', async () => {
      await admin.patch(pathOf(ana), { disabled: true });
      expectProblem(await logIn('not the password'), 401, 'invalid_credentials');
      expectProblem(await logIn(PASSWORD), 403, 'account_disabled');
    });

    it('goes on with the same tokens, keys and rows once it is enabled', async () => {
      const { id } = await ana.conversation({ title: 'Oslo' });
      const { key } = await newKey(ana, ['chat']);
      const program = new Client(parley.url, { ...ana.tokens!, accessToken: key });
      await admin.patch(pathOf(ana), { disabled: true });
      fiveSecondsLater();
      expectProblem(await ana.get('/users/me'), 403, 'account_disabled');
      await admin.patch(pathOf(ana), { disabled: false });
      fiveSecondsLater();
      expect((await ana.get('/users/me')).status).toBe(200);
      expect(await program.get(`/conversations/${id}`)).toMatchObject({ body: { title: 'Oslo' } });
      expect((await refresh<TokensResponse>()).status).toBe(200);
      expect((await logIn(PASSWORD)).status).toBe(200);
    });
  });

  describe('that has another role', () => {
    it('administers soon after it was promoted, also in the sessions that it had', async () => {
      expectProblem(await ana.get('/users'), 403, 'forbidden');
      await admin.patch(pathOf(ana), { role: 'admin' });
      fiveSecondsLater();
      expect((await ana.get('/users')).status).toBe(200);
      expect(await ana.get('/users/me')).toMatchObject({ body: { role: 'admin' } });
    });

    it('administers no more soon after it was demoted, by no session and no key', async () => {
      const former = await anAdmin(parley);
      const program = await withKey(former, ['chat', 'admin']);
      for (const caller of [former, program]) expect((await caller.get('/users')).status).toBe(200);
      await admin.patch(pathOf(former), { role: 'user' });
      fiveSecondsLater();
      for (const caller of [former, program]) {
        expectProblem(await caller.get('/users'), 403, 'forbidden');
        expect(await caller.get('/conversations')).toMatchObject({ status: 200 });
      }
    });

    it('may have demoted itself, while others administer', async () => {
      const former = await anAdmin(parley);
      expect(await former.patch(pathOf(former), { role: 'user' })).toMatchObject({ status: 200 });
      fiveSecondsLater();
      expectProblem(await former.get('/users'), 403, 'forbidden');
    });
  });

  describe('that an administrator deletes', () => {
    it('is gone, with its name free for others', async () => {
      const { username } = ana.tokens!.user;
      expect((await admin.delete(pathOf(ana))).status).toBe(204);
      expectProblem(await admin.get(pathOf(ana)), 404, 'not_found');
      expectProblem(await admin.patch(pathOf(ana), { disabled: true }), 404, 'not_found');
      expectProblem(await admin.delete(pathOf(ana)), 404, 'not_found');
      expectProblem(await logIn(PASSWORD), 401, 'invalid_credentials');
      const heir = await Client.member(parley.url, username!);
      expect(heir.tokens!.user).toMatchObject({ username, kind: 'member' });
      expect(heir.tokens!.user.id).not.toBe(ana.tokens!.user.id);
    });

    it('is refused soon, by any of its sessions and keys, and at every refresh', async () => {
      const callers = [ana, await signedInAgain(ana), await withKey(ana, ['chat'])];
      for (const caller of callers) expect((await caller.get('/models')).status).toBe(200);
      await admin.delete(pathOf(ana));
      fiveSecondsLater();
      for (const caller of callers) expect((await caller.get('/models')).status).toBe(401);
      for (const caller of callers.slice(0, 2)) expect((await refresh(caller)).status).toBe(401);
    });

    it('leaves nothing that it owned', async () => {
      await ana.conversation({ title: 'Oslo' });
      await newKey(ana, ['chat']);
      await admin.delete(pathOf(ana));
      const left = await parley.database.query(
        `select id from users where id = $1
         union all select user_id from sessions where user_id = $1
         union all select user_id from api_keys where user_id = $1
         union all select user_id from conversations where user_id = $1`,
        [ana.tokens!.user.id],
      );
      expect(left).toEqual([]);
    });

    it.each([
      ['a ticket', '/auth/ws-ticket', undefined],
      ['a key', '/auth/api-keys', { name: 'mine', scopes: ['chat'] }],
      ['a conversation', '/conversations', { title: 'Oslo' }],
    ])('gets %s no more, not even where its session is still believed', async (_what, path, body) => {
      await remembered(ana);
      await admin.delete(pathOf(ana));
      expectProblem(await ana.post(path, body), 401, 'session_revoked');
    });

    it('may be of a guest, or disabled', async () => {
      const guest = await Client.guest(parley.url);
      await admin.patch(pathOf(ana), { disabled: true });
      for (const account of [guest, ana]) {
        expect((await admin.delete(pathOf(account))).status).toBe(204);
        expectProblem(await admin.get(pathOf(account)), 404, 'not_found');
      }
    });

    it('may be its own, while others administer', async () => {
      const former = await anAdmin(parley);
      expect((await former.delete(pathOf(former))).status).toBe(204);
      expectProblem(await admin.get(pathOf(former)), 404, 'not_found');
    });

    it('is deleted once when two do it at once', async () => {
      const other = await anAdmin(parley);
      const answers = await Promise.all([admin, other].map((by) => by.delete(pathOf(ana))));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    });
  });
});
