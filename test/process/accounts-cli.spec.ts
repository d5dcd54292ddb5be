import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client } from '../support/client';
import { runCommand, type CommandOutcome } from '../support/parley-cli';
import { Replicas } from '../support/replicas';

const PASSWORD = 'quartz lemon bridge';
const SECRET = 'a secret that only the tests know, of a good length';

const NEVER_SHOWN = 'canary kite orchard';

/** Has `localhost` be what it is on most machines: an address of IPv6 and one of IPv4. */
const TWO_ADDRESSES = `--import=data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns';
  const found = [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }];
  dns.lookup = (host, options, done) => done(null, found);
`)}`;

describe('The command line', () => {
  let replicas: Replicas;
  let url: string;

  beforeAll(async () => {
    replicas = await Replicas.start(1, { env: { JWT_SECRET: SECRET } });
    url = replicas.all[0]!.url;
  });

  afterAll(() => replicas.close());

  const run = (words: readonly string[], input?: string, env: Readonly<Record<string, string>> = {}) =>
    runCommand(words, { env: { DATABASE_URL: replicas.database.url, JWT_SECRET: SECRET, ...env }, input });
  const create = (username: string, role: string, password = PASSWORD) =>
    run(['users:create', '--username', username, '--role', role], `${password}\n`);
  const setRole = (username: string, role: string) =>
    run(['users:set-role', '--username', username, '--role', role]);
  const signIn = async (username: string) =>
    (await new Client(url).post<TokensResponse>('/auth/login', { username, password: PASSWORD })).body;

  const expectRefusal = ({ status, out, err }: CommandOutcome, what: RegExp, expected = 1) => {
    expect({ status, out }).toEqual({ status: expected, out: '' });
    expect(err).toMatch(what);
    expect(err).not.toMatch(/^\s+at |Error/m);
    expect(err.trim().split('\n')).toHaveLength(1);
  };

  it('makes an administrator, who signs in and administers', async () => {
    const { status, out, err } = await create(' Root ', 'admin');
    expect({ status, out, err }).toEqual({ status: 0, out: 'Made root.\n', err: '' });
    const tokens = await signIn('root');
    expect(tokens.user).toMatchObject({ username: 'root', role: 'admin', kind: 'member' });
    expect((await new Client(url, tokens).get('/users')).status).toBe(200);
  });

  it('makes an ordinary user unless it is told otherwise, with the name that is shown', async () => {
    await run(['users:create', '--username', 'ana', '--display-name', 'Ana B.'], PASSWORD);
    expect((await signIn('ana')).user).toMatchObject({ role: 'user', displayName: 'Ana B.' });
  });

  it.each([
    ['a password that is too short', 'short-one', 'user', 'kq7 #2', /^password: .*8/],
    ['a password of the commonest', 'common-one', 'user', 'password1', /^password: .*common/],
    ['no password', 'nobody', 'user', '', /^password: /],
    ['a name that is too short', 'x', 'user', NEVER_SHOWN, /^username: .*3/],
    ['a name with characters that nobody sees', 'an\u200Ba', 'user', NEVER_SHOWN, /^username: /],
  ])('refuses %s in one plain sentence', async (_what, username, role, password, sentence) => {
    const outcome = await create(username, role, password);
    expectRefusal(outcome, sentence);
    if (password) expect(outcome.err).not.toContain(password);
    expect(await accountsCalled(username)).toBe(0);
  });

  it('refuses a name that is taken, whoever has it', async () => {
    await create('taken', 'user');
    expectRefusal(await create('TAKEN', 'admin', NEVER_SHOWN), /taken/);
    expect((await signIn('taken')).user.role).toBe('user');
  });

  it('makes an administrator of an account, and an ordinary user again, but never of the last one', async () => {
    await replicas.database.query(`update users set role = 'user'`);
    await create('first', 'admin');
    await create('second', 'user');
    expectRefusal(await setRole('first', 'user'), /last administrator/);
    expect(await setRole('Second', 'admin')).toMatchObject({ status: 0, err: '' });
    expect((await signIn('second')).user.role).toBe('admin');
    expect(await setRole('first', 'user')).toMatchObject({ status: 0, err: '' });
    expect((await signIn('first')).user.role).toBe('user');
  });

  it('refuses whom nobody knows in one plain sentence', async () => {
    expectRefusal(await setRole('nobody-at-all', 'user'), /no such account/);
  });

  it.each([
    ['without a name', ['users:create'], /--username/],
    [
      'a role that there is not',
      ['users:create', '--username', 'rolls', '--role', 'emperor'],
      /--role .*user, admin/,
    ],
    ['without a role to set', ['users:set-role', '--username', 'root'], /--role/],
    ['a word that it does not know', ['users:explode'], /users:explode/],
  ])('refuses %s in one plain sentence, and ends with 2', async (_what, words, sentence) => {
    expectRefusal(await run(words, NEVER_SHOWN), sentence, 2);
  });

  it('gives an account a new password, and ends its sessions and the old password', async () => {
    await create('forgetful', 'user');
    const tokens = await signIn('forgetful');
    const words = ['users:set-password', '--username', 'forgetful'];
    expectRefusal(await run(words, 'short'), /^newPassword: .*8/);
    expect((await new Client(url, tokens).get('/users/me')).status).toBe(200);
    const { status, out, err } = await run(words, `${NEVER_SHOWN}\n`);
    expect({ status, err, shown: out.includes(NEVER_SHOWN) }).toEqual({ status: 0, err: '', shown: false });
    const login = (password: string) =>
      new Client(url).post('/auth/login', { username: 'forgetful', password });
    expect([(await login(PASSWORD)).status, (await login(NEVER_SHOWN)).status]).toEqual([401, 200]);
    const refreshed = await new Client(url).post('/auth/refresh', { refreshToken: tokens.refreshToken });
    expect(refreshed.status).toBe(401);
    expect(await actionsOf('forgetful')).toContainEqual({ action: 'password.changed', actor_id: null });
  });

  it('keeps an account out, and lets it in again', async () => {
    await create('visitor', 'user');
    const login = () => new Client(url).post('/auth/login', { username: 'visitor', password: PASSWORD });
    expect(await run(['users:disable', '--username', 'visitor'])).toMatchObject({ status: 0, err: '' });
    expect((await login()).status).toBe(403);
    const { out } = await run(['users:disable', '--username', 'visitor', '--enable', '--json']);
    expect(JSON.parse(out)).toMatchObject({ username: 'visitor', disabledAt: null });
    expect((await login()).status).toBe(200);
  });

  it('makes a key for an account, which works, and shows it once', async () => {
    await create('robot', 'user');
    const make = (...words: string[]) =>
      run(['keys:create', '--username', 'robot', '--name', 'Nightly', ...words]);
    const { status, out, err } = await make(
      '--scopes',
      'read',
      '--expires',
      '2100-01-31T00:00:00Z',
      '--json',
    );
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const made = JSON.parse(out) as { key: string };
    expect(made).toMatchObject({ name: 'Nightly', scopes: ['read'], expiresAt: '2100-01-31T00:00:00.000Z' });
    const keyed = new Client(url, { accessToken: made.key } as TokensResponse);
    expect((await keyed.get('/conversations')).status).toBe(200);
    expect((await keyed.post('/conversations', {})).status).toBe(403);
    expect(await actionsOf('robot')).toContainEqual({ action: 'api_key.created', actor_id: null });
    expectRefusal(await make('--scopes', 'admin'), /administrators/);
    expectRefusal(await make('--scopes', 'chat,everything'), /^scopes: /);
  });

  it('tells programs what is wrong in JSON, on standard error', async () => {
    const { status, out, err } = await run(['users:disable', '--username', 'nobody-at-all', '--json']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(JSON.parse(err)).toEqual({ error: { code: 'not_found', message: 'There is no such account.' } });
  });

  it('does its work whatever the first administrator of a server would be, and makes none', async () => {
    const env = { ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: 'password' };
    const { status } = await run(['users:create', '--username', 'clerk'], `${PASSWORD}\n`, env);
    expect([status, await accountsCalled('boss'), await accountsCalled('clerk')]).toEqual([0, 0, 1]);
  });

  it.each([
    ['an address', '127.0.0.1', 'auto'],
    ['a name with two addresses', 'localhost', 'auto'],
    ['an address that others migrate', '127.0.0.1', 'manual'],
    ['a name with two addresses that others migrate', 'localhost', 'manual'],
  ])('says that there is no database at %s, without its password', async (_what, host, MIGRATIONS) => {
    const DATABASE_URL = `postgres://parley:canary-password@${host}:1/parley`;
    const env = { DATABASE_URL, MIGRATIONS, NODE_OPTIONS: TWO_ADDRESSES };
    const outcome = await run(['users:create', '--username', 'late'], NEVER_SHOWN, env);
    expectRefusal(outcome, /ECONNREFUSED|database/);
    expect(outcome.err).not.toContain('canary');
  });

  const actionsOf = (username: string) =>
    replicas.database.query(
      'select action, actor_id from audit_events where user_id = (select id from users where username = $1)',
      [username],
    );

  const accountsCalled = async (username: string) =>
    (await replicas.database.query('select from users where username = $1', [username])).length;
});
