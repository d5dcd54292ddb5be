import { JwtService } from '@nestjs/jwt';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

const SECRET = 'the secret that this file signs its tokens with';
const OTHER_SECRET = 'a secret that Parley has never seen, of a good length';

interface Claims {
  readonly sub: string;
  readonly sid: string;
}

/** How a token differs from one that Parley would have made. */
interface Forgery {
  readonly secret?: string;
  readonly algorithm?: 'HS256' | 'HS384' | 'HS512';
  readonly typ?: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** Null: never. */
  readonly expiresIn?: number | null;
  readonly notBefore?: number;
  readonly kid?: string;
}

const jwt = new JwtService();

function sign({ sub, sid }: Partial<Claims>, forgery: Forgery = {}): string {
  const { secret = SECRET, algorithm = 'HS256', typ = 'at+jwt', kid, expiresIn = 600, ...options } = forgery;
  return jwt.sign(
    { ...(sub && { sub }), ...(sid && { sid }) },
    {
      ...{ issuer: 'parley', audience: 'parley', ...options },
      ...(expiresIn !== null && { expiresIn }),
      ...{ secret, algorithm, header: { alg: algorithm, typ, ...(kid !== undefined && { kid }) } },
    },
  );
}

const unsigned = (token: string) => {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
  return `${header}.${token.split('.')[1]}.`;
};

const withOtherPayload = (token: string, claims: Claims) => {
  const [header, , signature] = token.split('.');
  return [header, sign(claims).split('.')[1], signature].join('.');
};

describe('Access tokens', () => {
  let parley: RunningApp;
  let ana: Claims;
  let ben: Claims;

  beforeAll(async () => {
    parley = await startApp({ JWT_SECRET: SECRET });
    [ana, ben] = [await claimsOf(parley), await claimsOf(parley)];
  });

  afterAll(() => parley.close());

  const call = (authorization?: string) =>
    new Client(parley.url).get('/users/me', {
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });

  it('are taken when Parley could have made them', async () => {
    const answer = await call(`Bearer ${sign(ana)}`);
    expect(answer).toMatchObject({ status: 200, body: { id: ana.sub } });
  });

  it('are taken whatever the case of the scheme', async () => {
    expect((await call(`bearer ${sign(ana)}`)).status).toBe(200);
  });

  it.each<[string, () => string | undefined]>([
    ['is absent', () => undefined],
    ['is empty', () => 'Bearer '],
    ['comes by another scheme', () => `Basic ${sign(ana)}`],
    ['comes without a scheme', () => sign(ana)],
    ['is no JWT', () => 'Bearer nonsense'],
    ['is a JWT in form only', () => 'Bearer a.b.c'],
    ['is not signed', () => `Bearer ${unsigned(sign(ana))}`],
    ['is signed with another secret', () => `Bearer ${sign(ana, { secret: OTHER_SECRET })}`],
    ['is signed by another algorithm', () => `Bearer ${sign(ana, { algorithm: 'HS512' })}`],
    ['says something else than was signed', () => `Bearer ${withOtherPayload(sign(ana), ben)}`],
    ['is of another type', () => `Bearer ${sign(ana, { typ: 'JWT' })}`],
    ['comes from another issuer', () => `Bearer ${sign(ana, { issuer: 'parlay' })}`],
    ['is for another audience', () => `Bearer ${sign(ana, { audience: 'elsewhere' })}`],
    ['is not good yet', () => `Bearer ${sign(ana, { notBefore: 60 })}`],
    ['never expires', () => `Bearer ${sign(ana, { expiresIn: null })}`],
    ['names a key that we do not have', () => `Bearer ${sign(ana, { kid: 'another' })}`],
    ['names no session', () => `Bearer ${sign({ sub: ana.sub })}`],
    ['names no account', () => `Bearer ${sign({ sid: ana.sid })}`],
    ['is forged and expired', () => `Bearer ${sign(ana, { secret: OTHER_SECRET, expiresIn: -1 })}`],
  ])('are refused as unauthenticated when one %s', async (_how, authorization) => {
    const answer = await call(authorization());
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  });

  it('are refused as expired when they are sound but old', async () => {
    const answer = await call(`Bearer ${sign(ana, { expiresIn: -1 })}`);
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_expired' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  });

  it("are refused when they name another account's session", async () => {
    const answer = await call(`Bearer ${sign({ sub: ana.sub, sid: ben.sid })}`);
    expect(answer).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  });

  it('are refused when their session was never there', async () => {
    const answer = await call(`Bearer ${sign({ ...ana, sid: ana.sub })}`);
    expect(answer).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
  });

  it('are refused when their account is gone', async () => {
    const gone = await claimsOf(parley);
    await parley.database.query('delete from users where id = $1', [gone.sub]);
    const answer = await call(`Bearer ${sign(gone)}`);
    expect(answer).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
  });

  it.each([
    ['session', () => ({ ...ana, sid: 'not-a-uuid' })],
    ['account', () => ({ ...ana, sub: 'not-a-uuid' })],
  ])('are refused when their %s is no id', async (_what, claims) => {
    expect(await call(`Bearer ${sign(claims())}`)).toMatchObject({ status: 401 });
  });

  it('name the account and the session, and nothing more about either', async () => {
    const { tokens } = await Client.guest(parley.url);
    const claims: object = jwt.decode(tokens!.accessToken);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid', 'sub']);
  });
});

/** Of a new guest's own token. */
async function claimsOf({ url }: RunningApp): Promise<Claims> {
  const { tokens } = await Client.guest(url);
  const { sub, sid }: Claims = jwt.decode(tokens!.accessToken);
  return { sub, sid };
}
