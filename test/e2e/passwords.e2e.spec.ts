import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokensResponse } from '../../src/auth/auth.dto';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher';
import type { Config } from '../../src/config/config';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';
import { waitUntil } from '../support/wait-until';

const OLD = 'quartz lemon bridge';
const NEW = 'copper violin harbour';
const OF_OSLO = { username: 'ana-of-oslo', password: OLD, displayName: 'Ana of Oslo' };
const BREACHED = 'not so secret any more';

describe('A password', () => {
  let parley: RunningApp;
  let folder: string;
  let ana: Client;
  let names = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-breaches-'));
    const path = join(folder, 'sha1.txt');
    const hash = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();
    writeFileSync(path, `${[hash(BREACHED), hash('another')].sort().join(':7\n')}:3\n`);
    parley = await startApp({ PASSWORD_BREACH_LIST: path });
    ana = new Client(
      parley.url,
      (await new Client(parley.url).post<TokensResponse>('/auth/register', OF_OSLO)).body,
    );
  });

  afterAll(async () => {
    await parley.close();
    rmSync(folder, { recursive: true });
  });

  const newName = () => `keeper${++names}`;
  const register = (password: string, more: object = {}) =>
    new Client(parley.url).post('/auth/register', { username: newName(), password, ...more });
  const change = (client: Client, currentPassword: string, newPassword: string) =>
    client.call('PUT', '/users/me/password', { currentPassword, newPassword });
  const logIn = (username: string, password: string) =>
    new Client(parley.url).post<TokensResponse>('/auth/login', { username, password });

  it.each<[string, string, object]>([
    ['common', 'password1', {}],
    ['common in capitals', 'PASSWORD1', {}],
    ['the username', 'ana-of-oslo', { username: 'ana-of-oslo' }],
    ['the username in other letters', 'ＡＮＡ-OF-oslo ', { username: 'ana-of-oslo' }],
    ['the display name', 'Ana of Oslo', { displayName: 'Ana of Oslo' }],
    ['in the breach list', BREACHED, {}],
    ['longer than 128 units', `${'ab'.repeat(64)}c`, {}],
  ])('that is %s is refused, for a new account as for an old one', async (_what, password, more) => {
    const refused = await register(password, more);
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: '/password' }] },
    });
    const changed = await change(ana, OLD, password);
    expect(changed).toMatchObject({ status: 400, body: { errors: [{ path: '/newPassword' }] } });
  });

  it.each([
    ['of 8 characters', 'q7#Vx2!m'],
    ['of 128 characters', 'ab'.repeat(64)],
    ['of nothing but emoji', '\u{1F600}\u{1F40D}\u{1F3B8}\u{1F9C0}'],
    ['with white space around it', `  ${OLD}  `],
    ['in any script', 'пароль-漢字-कुंजी'],
  ])('%s opens the account, to the letter', async (_what, password) => {
    const username = newName();
    expect((await register(password, { username })).status).toBe(201);
    expect((await logIn(username, password)).status).toBe(200);
    expect((await logIn(username, password.trim().slice(0, -2))).status).toBe(401);
  });

  it('is not cut at 72 bytes', async () => {
    const username = newName();
    await register(`${'x'.repeat(100)}1`, { username });
    expect((await logIn(username, `${'x'.repeat(100)}2`)).status).toBe(401);
  });

  it('is hashed anew at a sign-in when the cost of hashes has changed', async () => {
    const username = newName();
    await Client.member(parley.url, username, OLD);
    const stored = async () =>
      (
        await parley.database.query<{ hash: string }>(
          'select password_hash as hash from users where username = $1',
          [username],
        )
      )[0]!.hash;
    const hasher = new PasswordHasher({ auth: { bcryptCost: 5 } } as Config);
    await parley.database.query('update users set password_hash = $2 where username = $1', [
      username,
      await hasher.hash(OLD),
    ]);
    expect((await logIn(username, `${OLD}!`)).status).toBe(401);
    expect(await stored()).toMatch(/^\$2b\$05\$/);
    expect((await logIn(username, OLD)).status).toBe(200);
    expect(await stored()).toMatch(/^\$2b\$04\$/);
    expect((await logIn(username, OLD)).status).toBe(200);
  });

  describe('that is changed', () => {
    it('opens the account from then on, in place of the old one', async () => {
      const username = newName();
      const member = await Client.member(parley.url, username, OLD);
      expect((await change(member, OLD, NEW)).status).toBe(204);
      expect((await logIn(username, OLD)).status).toBe(401);
      expect((await logIn(username, NEW)).status).toBe(200);
    });

    it('ends every other session, and leaves this one', async () => {
      const username = newName();
      const member = await Client.member(parley.url, username, OLD);
      const other = (await logIn(username, OLD)).body;
      await change(member, OLD, NEW);
      const refresh = ({ refreshToken }: TokensResponse) =>
        new Client(parley.url).post('/auth/refresh', { refreshToken });
      expect(await refresh(other)).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
      const refused = async () => (await new Client(parley.url, other).get('/users/me')).status === 401;
      await waitUntil(refused, 'a refusal');
      expect((await member.get('/users/me')).status).toBe(200);
      expect((await refresh(member.tokens!)).status).toBe(200);
    });

    it('lets in nobody who signs in by the old one at that moment', async () => {
      const username = newName();
      const member = await Client.member(parley.url, username, OLD);
      const signIns = Array.from({ length: 8 }, () => logIn(username, OLD));
      await change(member, OLD, NEW);
      const opened = (await Promise.all(signIns)).filter(({ status }) => status === 200);
      for (const { body } of opened)
        expect(
          (await new Client(parley.url).post('/auth/refresh', { refreshToken: body.refreshToken })).status,
        ).toBe(401);
    });

    it('many times at once is changed once', async () => {
      const member = await Client.member(parley.url, newName(), OLD);
      const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => change(member, OLD, `${NEW} ${n}`)));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      const others = answers.map(({ status }) => status).filter((status) => status !== 204);
      expect(others.every((status) => status === 409 || status === 401)).toBe(true);
    });

    it('stays what it was when the current one is wrong', async () => {
      const username = newName();
      const member = await Client.member(parley.url, username, OLD);
      const refused = await change(member, 'wrong wrong', NEW);
      expect(refused).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
      expect((await logIn(username, OLD)).status).toBe(200);
      expect((await member.get('/users/me')).status).toBe(200);
    });

    it.each([
      [{ currentPassword: OLD }, '/newPassword'],
      [{ newPassword: NEW }, '/currentPassword'],
      [{ currentPassword: OLD, newPassword: '1234567' }, '/newPassword'],
      [{ currentPassword: OLD, newPassword: NEW, again: NEW }, '/again'],
    ])('is refused by %j', async (body, path) => {
      const member = await Client.member(parley.url, newName(), OLD);
      const refused = await member.call('PUT', '/users/me/password', body);
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    });

    it('is nothing that a guest has', async () => {
      const refused = await change(await Client.guest(parley.url), OLD, NEW);
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    });
  });
});
