import { createHash } from 'node:crypto';
import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

const PASSWORD = 'quartz lemon bridge';
const WRONG = 'wrong wrong';
const LIMIT = 3;

let addresses = 0;
const newAddress = () => `198.51.100.${++addresses}`;

describe('Failed sign-ins', () => {
  let parley: RunningApp;
  let names = 0;

  beforeAll(async () => {
    parley = await startApp({
      ...{ RATE_LIMITS: 'on', LIMIT_LOGIN: `${LIMIT}/1m`, LIMIT_REGISTER: '1000/1m', TRUST_PROXY: '1' },
    });
  });

  afterAll(() => parley.close());

  const logIn = (username: string, password: string, address = newAddress()) =>
    new Client(parley.url).post<TokensResponse & { code: string }>(
      '/auth/login',
      { username, password },
      { headers: { 'X-Forwarded-For': address } },
    );
  const member = async (address = newAddress()) => {
    const username = `target${++names}`;
    const headers = { 'X-Forwarded-For': address };
    await new Client(parley.url).post('/auth/register', { username, password: PASSWORD }, { headers });
    return username;
  };
  const failOften = async (username: string) => {
    for (let n = 0; n < LIMIT; n++) expect((await logIn(username, WRONG)).status).toBe(401);
  };

  const hitsOf = async (what: string) => {
    const key = createHash('sha256').update(`attempt:${what}`).digest('base64url');
    const sql = 'select hits from rate_limits where key = $1';
    return (await parley.database.query<{ hits: number }>(sql, [key]))[0]?.hits;
  };

  it('of one name are refused after some, from wherever they come', async () => {
    const username = await member();
    await failOften(username);
    const refused = await logIn(username, PASSWORD);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('look the same for a name that does not exist', async () => {
    await failOften('nobody-here');
    const [unknown, known] = [await logIn('nobody-here', PASSWORD), await member()];
    await failOften(known);
    const { requestId: _one, ...ofKnown } = (await logIn(known, PASSWORD)).body as unknown as Problem;
    const { requestId: _two, ...ofUnknown } = unknown.body as unknown as Problem;
    expect(ofUnknown).toEqual(ofKnown);
  });

  it('of a stranger do not lock out whoever signed in from an address before', async () => {
    const home = newAddress();
    const username = await member(home);
    await failOften(username);
    expect((await logIn(username, PASSWORD)).status).toBe(429);
    expect((await logIn(username, PASSWORD, home)).status).toBe(200);
  });

  it('do not lock out who signed in from the same network of IPv6', async () => {
    const username = await member('2001:db8:7:7::1');
    await failOften(username);
    expect((await logIn(username, PASSWORD, '2001:db8:7:7:ffff::9')).status).toBe(200);
    expect((await logIn(username, PASSWORD, '2001:db8:7:8::1')).status).toBe(429);
  });

  it('lock out an address whose last sign-in is longer ago than thirty days', async () => {
    const home = newAddress();
    const username = await member(home);
    await parley.database.query(
      `update sessions set created_at = now() - interval '31 days' where ip = $1::inet`,
      [home],
    );
    await failOften(username);
    expect((await logIn(username, PASSWORD, home)).status).toBe(429);
  });

  it('are all that counts: sign-ins that succeed do not', async () => {
    const username = await member();
    for (let n = 0; n < 2 * LIMIT; n++) expect((await logIn(username, PASSWORD)).status).toBe(200);
  });

  it('let no more through when many come at once', async () => {
    const username = await member();
    const answers = await Promise.all(Array.from({ length: 12 }, () => logIn(username, WRONG)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(LIMIT);
  });

  it('of who is signed in already are counted against the account', async () => {
    const client = await Client.member(parley.url, `insider${++names}`, PASSWORD);
    const change = (currentPassword: string) =>
      client.call('PUT', '/users/me/password', { currentPassword, newPassword: 'copper violin harbour' });
    for (let n = 0; n < LIMIT; n++) expect((await change(WRONG)).status).toBe(401);
    expect(await change(PASSWORD)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    const erased = await client.call('DELETE', '/users/me', { password: PASSWORD });
    expect(erased).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('that are refused for their number are not counted on', async () => {
    const username = await member();
    await failOften(username);
    for (let n = 0; n < 5; n++) expect((await logIn(username, WRONG)).status).toBe(429);
    expect(await hitsOf(`name:${username}`)).toBe(LIMIT);
  });

  it('of who is signed in are not counted on either, once they are refused', async () => {
    const client = await Client.member(parley.url, `insider${++names}`, PASSWORD);
    const erase = () => client.call('DELETE', '/users/me', { password: WRONG });
    for (let n = 0; n < LIMIT; n++) expect((await erase()).status).toBe(401);
    for (let n = 0; n < 5; n++) expect((await erase()).status).toBe(429);
    expect(await hitsOf(`account:${client.tokens!.user.id}`)).toBe(LIMIT);
  });

  it('leave neither names nor addresses in the counters', async () => {
    const username = await member();
    await logIn(username, WRONG, '203.0.113.77');
    const counters = await parley.database.query<{ key: string }>('select key from rate_limits');
    const text = counters.map(({ key }) => key).join('\n');
    expect(text).not.toMatch(new RegExp(`${username}|203\\.0\\.113|login|attempt`));
  });
});

interface Problem {
  readonly requestId: string;
}
