import type { ApiKeyResponse, CreatedApiKeyResponse } from '../../src/auth/api-keys/api-key.dto';
import { newApiKey } from '../../src/auth/api-keys/api-key';
import { SCOPES } from '../../src/common/auth/caller';
import type { Page } from '../../src/common/paging/page';
import { aMember, anAdmin, changeAccount, newKey, PASSWORD, withKey } from '../support/callers';
import { Client } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';
import { soon } from '../support/soon';
import { waitUntil } from '../support/wait-until';

/** What keys never reach, whatever they are for. */
const CLOSED: readonly (readonly [string, string, object?])[] = [
  ['POST', '/auth/api-keys', { name: 'another', scopes: ['read'] }],
  ['GET', '/auth/api-keys'],
  ['DELETE', '/auth/api-keys/0197c000-0000-7000-8000-000000000000'],
  ['GET', '/auth/sessions'],
  ['DELETE', '/auth/sessions'],
  ['DELETE', '/auth/sessions/0197c000-0000-7000-8000-000000000000'],
  ['POST', '/auth/ws-ticket'],
  ['POST', '/auth/logout'],
  ['POST', '/auth/register', { username: 'made-by-a-key', password: PASSWORD }],
  ['PATCH', '/users/me', { displayName: 'Changed by a key' }],
  ['PUT', '/users/me/password', { currentPassword: PASSWORD, newPassword: 'marble kite orchard' }],
  ['GET', '/users/me/export'],
  ['DELETE', '/users/me', { password: PASSWORD }],
];

/** Any other character than the one at that place. */
function mistyped(key: string, at: number): string {
  const other = key[at] === '0' ? '1' : '0';
  return key.slice(0, at) + other + key.slice(at + 1);
}

describe('An API key', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
  });

  beforeEach(async () => {
    ana = await aMember(parley);
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(() => parley.close());

  /** What was remembered until now is asked for anew. */
  const fourSecondsLater = () => {
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 4_000);
  };
  const me = (authorization: string) =>
    new Client(parley.url).get('/users/me', { headers: { Authorization: authorization } });
  const listed = async (id: string) =>
    (await ana.get<Page<ApiKeyResponse>>('/auth/api-keys')).body.data.find((key) => key.id === id);

  describe('in the Authorization header', () => {
    it.each(['Bearer', 'bearer', 'BEARER', 'Bearer  '])('stands for its account after %j', async (scheme) => {
      const { key } = await newKey(ana, ['read']);
      const answer = await me(`${scheme} ${key}`);
      expect(answer).toMatchObject({ status: 200, body: ana.tokens!.user });
    });

    it.each<[string, (key: string) => string]>([
      ['without a scheme', (key) => key],
      ['by the scheme Basic', (key) => `Basic ${key}`],
      ['as a password of Basic', (key) => `Basic ${Buffer.from(`:${key}`).toString('base64')}`],
      ['by a scheme that ends in Bearer', (key) => `NotBearer ${key}`],
      ['with something behind it', (key) => `Bearer ${key} again`],
      ['in upper case', (key) => `Bearer ${key.toUpperCase()}`],
      ['in upper case but for its beginning', (key) => `Bearer pk_${key.slice(3).toUpperCase()}`],
      ['cut', (key) => `Bearer ${key.slice(0, -1)}`],
      ['with a digit too many', (key) => `Bearer ${key}0`],
      ['by its prefix alone', (key) => `Bearer ${key.slice(0, 11)}`],
      ['as nothing but its beginning', () => 'Bearer pk_'],
      ['that was never made', () => `Bearer ${newApiKey().key}`],
    ])('is refused %s', async (_how, header) => {
      const { key } = await newKey(ana, ['chat']);
      const answer = await me(header(key));
      expectProblem(answer, 401, 'unauthenticated');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
    });

    it('is refused with any one of its characters mistyped', async () => {
      const { key } = await newKey(ana, ['chat']);
      for (let at = 0; at < key.length; at++)
        expectProblem(await me(`Bearer ${mistyped(key, at)}`), 401, 'unauthenticated');
    });
  });

  describe('by its scope', () => {
    it('of chat reads and writes', async () => {
      const program = await withKey(ana, ['chat']);
      const { id } = await program.conversation({ title: 'Oslo' });
      expect(await program.patch(`/conversations/${id}`, { title: 'Bergen' })).toMatchObject({ status: 200 });
      expect(await ana.get(`/conversations/${id}`)).toMatchObject({ body: { title: 'Bergen' } });
      expect(await program.delete(`/conversations/${id}`)).toMatchObject({ status: 204 });
      expect(await program.get('/models')).toMatchObject({ status: 200 });
    });

    it('of read reads only', async () => {
      const program = await withKey(ana, ['read']);
      const { id } = await ana.conversation({ title: 'Oslo' });
      const path = `/conversations/${id}`;
      for (const readable of [path, '/conversations', '/models', '/users/me'])
        expect(await program.get(readable)).toMatchObject({ status: 200 });
      expectProblem(await program.post('/conversations', {}), 403, 'insufficient_scope');
      expectProblem(await program.patch(path, { title: 'Bergen' }), 403, 'insufficient_scope');
      expectProblem(await program.delete(path), 403, 'insufficient_scope');
      expect(await ana.get(path)).toMatchObject({ status: 200, body: { title: 'Oslo' } });
    });

    it('of admin administers, and nothing else', async () => {
      const program = await withKey(await anAdmin(parley), ['admin']);
      const path = `/users/${ana.tokens!.user.id}`;
      expect(await program.get('/users')).toMatchObject({ status: 200 });
      expect(await program.patch(path, { quotaTokens: 5 })).toMatchObject({ status: 200 });
      expect(await program.get('/audit')).toMatchObject({ status: 200 });
      expectProblem(await program.get('/conversations'), 403, 'insufficient_scope');
      expectProblem(await program.post('/conversations', {}), 403, 'insufficient_scope');
    });

    it('of chat and read does not administer, though its administrator may', async () => {
      const program = await withKey(await anAdmin(parley), ['chat', 'read']);
      for (const path of ['/users', `/users/${ana.tokens!.user.id}`, '/audit'])
        expectProblem(await program.get(path), 403, 'insufficient_scope');
    });

    it.each(CLOSED.map(([method, path, body]) => [method, path, body] as const))(
      'never reaches %s %s',
      async (method, path, body) => {
        const program = await withKey(await anAdmin(parley), SCOPES);
        expectProblem(await program.call(method, path, body), 403, 'insufficient_scope');
        expect(await program.get('/users/me')).toMatchObject({ status: 200, body: { displayName: null } });
      },
    );
  });

  describe('in time', () => {
    it('is refused at once when it expires, also while it is in use', async () => {
      const expiresAt = new Date(Date.now() + 5_000).toISOString();
      const { body } = await ana.post<CreatedApiKeyResponse>('/auth/api-keys', {
        ...{ name: 'short', scopes: ['chat'], expiresAt },
      });
      expect((await me(`Bearer ${body.key}`)).status).toBe(200);
      await waitUntil(async () => {
        await me(`Bearer ${body.key}`);
        return Date.now() > Date.parse(expiresAt);
      }, 'its end');
      expectProblem(await me(`Bearer ${body.key}`), 401, 'unauthenticated');
    });

    it('is refused when it had expired before it was ever used', async () => {
      const { id, key } = await newKey(ana, ['chat']);
      await parley.database.query('update api_keys set expires_at = now() where id = $1', [id]);
      expectProblem(await me(`Bearer ${key}`), 401, 'unauthenticated');
    });

    it('is refused within five seconds after it was ended, and its sisters go on', async () => {
      const [{ id, key }, sister] = [await newKey(ana, ['chat']), await newKey(ana, ['chat'])];
      expect((await me(`Bearer ${key}`)).status).toBe(200);
      await ana.delete(`/auth/api-keys/${id}`);
      const refused = await soon(
        () => me(`Bearer ${key}`),
        ({ status }) => status !== 200,
      );
      expectProblem(refused, 401, 'unauthenticated');
      expect((await me(`Bearer ${sister.key}`)).status).toBe(200);
    });

    it('goes on when every session of its account has ended', async () => {
      const { key } = await newKey(ana, ['chat']);
      await ana.post('/auth/logout');
      expect((await me(`Bearer ${key}`)).status).toBe(200);
    });

    it('of a disabled account says so, and goes on when the account does', async () => {
      const { key } = await newKey(ana, ['chat']);
      await changeAccount(parley, ana, 'disabled_at = now()');
      expectProblem(await me(`Bearer ${key}`), 403, 'account_disabled');
      await changeAccount(parley, ana, 'disabled_at = null');
      fourSecondsLater();
      expect((await me(`Bearer ${key}`)).status).toBe(200);
    });

    it('tells when it was last used, a minute behind at most', async () => {
      const { id, key } = await newKey(ana, ['chat']);
      expect(await listed(id)).toMatchObject({ lastUsedAt: null });
      await me(`Bearer ${key}`);
      const { lastUsedAt, createdAt } = (await listed(id))!;
      expect(Date.parse(lastUsedAt!)).toBeGreaterThanOrEqual(Date.parse(createdAt));
      const longAgo = `update api_keys set last_used_at = now() - interval '2 minutes' where id = $1`;
      await parley.database.query(longAgo, [id]);
      fourSecondsLater();
      await me(`Bearer ${key}`);
      expect(Date.parse((await listed(id))!.lastUsedAt!)).toBeGreaterThan(Date.now() - 60_000);
    });
  });
});
