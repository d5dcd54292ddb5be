import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TicketResponse } from '../../src/auth/auth.dto';
import { aMember, anAdmin, newKey } from '../support/callers';
import { Client } from '../support/client';
import { OPERATIONS } from '../support/operations';
import { expectProblem } from '../support/problem';
import { callRoute, hasId, nameOf, type Route } from '../support/routes';
import { startApp, type RunningApp } from '../support/running-app';

const SECRET = 'the secret that this file signs its tokens with';
const OTHER_SECRET = 'a secret of somebody who would like to be believed';
/** As JSON Web Keys say it (RFC 7518, section 6.4). */
const OTHER_KEY = {
  ...{ kty: 'oct', alg: 'HS256', kid: 'theirs' },
  k: Buffer.from(OTHER_SECRET).toString('base64url'),
};

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function sign(payload: string, header: object, secret: string): string {
  const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', ...header })}.${payload}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Every operation that lists or shows something of who calls, or of everybody, without an id. */
const SHOWING = OPERATIONS.filter(
  ({ route, gives }) => route.method === 'GET' && !hasId(route) && gives.length > 0,
);

/** Members that are maps: what is in them may be called anything. */
const MAPS = ['checks', 'detail', 'metadata'];

/** Names of all members of a body, however deep. */
function fieldsOf(body: unknown): string[] {
  if (Array.isArray(body)) return body.flatMap(fieldsOf);
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, member]) => [
    name,
    ...(MAPS.includes(name) ? [] : fieldsOf(member)),
  ]);
}

describe('A token', () => {
  let parley: RunningApp;
  let theirs: Server;
  let asked = 0;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp({ JWT_SECRET: SECRET });
    ana = await aMember(parley);
    theirs = createServer((_request, response) => {
      asked++;
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [OTHER_KEY] }));
    });
    await once(theirs.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(async () => {
    theirs.close();
    await parley.close();
  });

  const me = (token: string) =>
    new Client(parley.url).get('/users/me', { headers: { Authorization: `Bearer ${token}` } });
  const payload = () => ana.tokens!.accessToken.split('.')[1]!;
  const theirUrl = () => `http://127.0.0.1:${(theirs.address() as AddressInfo).port}/keys.json`;

  it('is believed by the secret that is configured', async () => {
    expect((await me(sign(payload(), {}, SECRET))).status).toBe(200);
  });

  it.each<[string, () => object]>([
    ['jwk', () => ({ jwk: OTHER_KEY })],
    ['jku', () => ({ jku: theirUrl(), kid: OTHER_KEY.kid })],
    ['x5u', () => ({ x5u: theirUrl() })],
    ['x5c', () => ({ x5c: [Buffer.from(OTHER_SECRET).toString('base64')] })],
    ['kid', () => ({ kid: theirUrl() })],
  ])('is not believed by a key that it brings along itself, as %s', async (_how, header) => {
    expectProblem(await me(sign(payload(), header(), OTHER_SECRET)), 401, 'unauthenticated');
    expect(asked).toBe(0);
  });

  it.each<[string, () => Promise<string>]>([
    ['a refresh token', () => Promise.resolve(ana.tokens!.refreshToken!)],
    ['a ticket', async () => (await ana.post<TicketResponse>('/auth/ws-ticket')).body.ticket],
  ])('that is %s makes no calls', async (_what, make) => {
    expectProblem(await me(await make()), 401, 'unauthenticated');
  });

  it.each<[string, () => Promise<string>]>([
    ['an access token', () => Promise.resolve(ana.tokens!.accessToken)],
    ['a ticket', async () => (await ana.post<TicketResponse>('/auth/ws-ticket')).body.ticket],
    ['an API key', async () => (await newKey(ana, ['chat'])).key],
  ])('that is %s refreshes no session', async (_what, make) => {
    const refused = await new Client(parley.url).post('/auth/refresh', { refreshToken: await make() });
    expect([400, 401]).toContain(refused.status);
  });
});

describe('An answer', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterAll(() => parley.close());

  it.each(SHOWING.map(({ route, gives }) => [nameOf(route), route, gives] as const))(
    'to %s has no field that the contract does not name',
    async (_name, route: Route, gives) => {
      const admin = await anAdmin(parley);
      await newKey(admin, ['read']);
      await admin.conversation({ title: 'Oslo' });
      const { status, body } = await callRoute(admin, route);
      expect(status).toBe(200);
      expect(fieldsOf(body).filter((field) => !gives.includes(field))).toEqual([]);
    },
  );
});
