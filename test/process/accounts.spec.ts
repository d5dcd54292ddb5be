import type { TokensResponse } from '../../src/auth/auth.dto';
import { PASSWORD } from '../support/callers';
import { Client } from '../support/client';
import { Replicas } from '../support/replicas';

const FIRST_ADMIN = { ADMIN_USERNAME: 'Root', ADMIN_PASSWORD: 'marble kite orchard' };

let replicas: Replicas;
const started = async (count: number, env: Readonly<Record<string, string>> = {}) => {
  replicas = await Replicas.start(count, { env });
  return replicas;
};

afterEach(() => replicas.close());

describe('The first administrator', () => {
  const signIn = (url: string, password = FIRST_ADMIN.ADMIN_PASSWORD) =>
    new Client(url).post<TokensResponse>('/auth/login', { username: 'root', password });
  const accounts = () => replicas.database.query('select username, role, kind from users');

  it('is made once by replicas that start together, and signs in at each', async () => {
    const { urls, database } = await started(2, FIRST_ADMIN);
    expect(await accounts()).toEqual([{ username: 'root', role: 'admin', kind: 'member' }]);
    for (const url of urls) {
      const { status, body } = await signIn(url);
      expect({ status, role: body.user.role }).toEqual({ status: 200, role: 'admin' });
      expect((await new Client(url, body).get('/users')).status).toBe(200);
    }
    expect(await database.query('select from users')).toHaveLength(1);
  });

  it('is not made of somebody who has that name already', async () => {
    const { all } = await started(1);
    await Client.member(all[0]!.url, 'root', PASSWORD);
    const { url } = await replicas.add(FIRST_ADMIN);
    expect(await accounts()).toEqual([{ username: 'root', role: 'user', kind: 'member' }]);
    expect((await signIn(url)).status).toBe(401);
    expect((await signIn(url, PASSWORD)).body.user.role).toBe('user');
  });

  const named = (ADMIN_USERNAME: string) => ({ ...FIRST_ADMIN, ADMIN_USERNAME });
  const withPassword = (ADMIN_PASSWORD: string) => ({ ...FIRST_ADMIN, ADMIN_PASSWORD });

  it.each([
    ['a common password', withPassword('password1'), 'ADMIN_PASSWORD', 'password1'],
    ['a short password', withPassword('kq7 #2'), 'ADMIN_PASSWORD', 'kq7 #2'],
    [
      'its name for a password',
      { ADMIN_USERNAME: 'canary-root', ADMIN_PASSWORD: 'Canary-Root' },
      'ADMIN_PASSWORD',
      'anary',
    ],
    ['a name with hidden characters', named('ca\u200Bnary'), 'ADMIN_USERNAME', 'nary'],
  ])(
    'with %s stops the start, which names the variable and not its value',
    async (_what, env, name, value) => {
      await started(0);
      const parley = replicas.launch(env);
      await expect(parley.ended).resolves.toBe(1);
      expect(parley.output).toContain(`${name}: expected`);
      expect(parley.output).not.toContain(value);
      expect(await accounts()).toEqual([]);
    },
  );
});

describe('A rotation of secrets', () => {
  const [OLD, NEW] = ['an old secret of more than 32 characters', 'a new secret of more than 32 characters'];

  const signInAgain = async (url: string) =>
    (await new Client(url).post<TokensResponse>('/auth/login', { username: 'ana', password: PASSWORD })).body;
  const refresh = (url: string, { refreshToken }: TokensResponse) =>
    new Client(url).post<TokensResponse>('/auth/refresh', { refreshToken });
  const use = (url: string, tokens: TokensResponse) => new Client(url, tokens).get('/users/me');
  const restarted = async (env: Readonly<Record<string, string>>) => {
    await replicas.all.at(-1)!.kill();
    return (await replicas.add(env)).url;
  };

  it('signs nobody out while the old one is believed, and ends what it signed when it is not', async () => {
    const first = (await started(1, { JWT_SECRET: OLD })).all[0]!;
    const before = (await Client.member(first.url, 'ana', PASSWORD)).tokens!;
    const stale = await signInAgain(first.url);

    const second = await restarted({ JWT_SECRETS: `${NEW},${OLD}` });
    expect((await use(second, before)).status).toBe(200);
    const { status, body: after } = await refresh(second, before);
    expect(status).toBe(200);
    expect((await use(second, after)).status).toBe(200);
    expect(kidOf(after)).not.toBe(kidOf(before));
    expect(kidOf(await signInAgain(second))).toBe(kidOf(after));

    const third = await restarted({ JWT_SECRETS: NEW });
    const unauthenticated = { status: 401, body: { code: 'unauthenticated' } };
    expect(await use(third, before)).toMatchObject(unauthenticated);
    expect(await refresh(third, stale)).toMatchObject(unauthenticated);
    expect((await use(third, after)).status).toBe(200);
    expect((await refresh(third, after)).status).toBe(200);
  });
});

function kidOf({ accessToken }: TokensResponse): string {
  const [header] = accessToken.split('.');
  return (JSON.parse(Buffer.from(header!, 'base64url').toString()) as { kid: string }).kid;
}
