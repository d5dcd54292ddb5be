import type { TicketResponse } from '../../src/auth/auth.dto';
import { BROWSERS } from '../support/browsers';
import { aMember, newKey, signedInAgain, withKey } from '../support/callers';
import { Client } from '../support/client';
import { BrowserClient } from '../support/cookie-client';
import { ownTimeOf } from '../support/own-time';
import { startApp, type RunningApp } from '../support/running-app';
import { SocketClient } from '../support/socket-client';

describe('The first frame of a socket', () => {
  let parley: RunningApp;
  let ana: Client;
  let socket: SocketClient;

  beforeAll(async () => {
    parley = await startApp();
    ana = await aMember(parley);
  });
  afterEach(() => socket.socket.terminate());
  afterAll(() => parley.close());

  /** From here on there are five seconds to say something. */
  const open = async () => (socket = await SocketClient.open(parley.url));
  const ticketOf = async (client: Client) =>
    (await client.post<TicketResponse>('/auth/ws-ticket')).body.ticket;
  const ready = () => socket.frame(({ type }) => type === 'ready', 'ready');

  it('with an access token is answered with the account', async () => {
    await open();
    socket.say({ type: 'auth', token: ana.tokens!.accessToken });
    expect(await ready()).toEqual({ type: 'ready', user: (await ana.get('/users/me')).body });
  });

  it('with a ticket is answered with the account, once', async () => {
    const ticket = await ticketOf(ana);
    await open();
    const others = await Promise.all(Array.from({ length: 5 }, () => SocketClient.open(parley.url)));
    for (const each of [socket, ...others]) each.say({ type: 'auth', ticket });
    const codes = [socket, ...others].map((each) =>
      Promise.race([each.closed.then(({ code }) => code), each.frame(isReady, 'ready').then(() => 'ready')]),
    );
    expect((await Promise.all(codes)).sort()).toEqual([4401, 4401, 4401, 4401, 4401, 'ready']);
    for (const each of others) each.socket.terminate();
  });

  it('takes a ticket in the browser that got it', async () => {
    const headers = { 'User-Agent': BROWSERS.firefoxOnWindows };
    const page = new BrowserClient(parley.url, { origin: parley.url, userAgent: headers['User-Agent'] });
    const guest = new Client(parley.url, (await page.signIn('/auth/guest')).body);
    const ticket = async () =>
      (await guest.post<TicketResponse>('/auth/ws-ticket', undefined, { headers })).body.ticket;
    const tickets = [await ticket(), await ticket()];
    const same = await SocketClient.open(parley.url, { headers });
    same.say({ type: 'auth', ticket: tickets[0] });
    await same.frame(isReady, 'ready');
    await open();
    socket.say({ type: 'auth', ticket: tickets[1] }); // no User-Agent
    await expect(socket.closed).resolves.toEqual({ code: 4401, reason: 'session_revoked' });
    await expect(same.closed).resolves.toEqual({ code: 4401, reason: 'session_revoked' });
  });

  it.each([['chat'], ['read']] as const)('takes an API key for %s', async (scope) => {
    const { tokens } = await withKey(ana, [scope]);
    await open();
    socket.say({ type: 'auth', token: tokens!.accessToken });
    expect((await ready()).user!.id).toBe(ana.tokens!.user.id);
  });

  it.each<[string, string, () => object | Promise<object>]>([
    ['is no token', 'unauthenticated', () => ({ type: 'auth', token: 'nonsense' })],
    ['is a forged token', 'unauthenticated', () => ({ type: 'auth', token: `${ana.tokens!.accessToken}x` })],
    ['is a refresh token', 'unauthenticated', () => ({ type: 'auth', token: ana.tokens!.refreshToken })],
    ['is no key', 'unauthenticated', () => ({ type: 'auth', token: 'pk_nonsense' })],
    ['is no ticket', 'unauthenticated', () => ({ type: 'auth', ticket: 'wt_nonsense' })],
    ['is a token as a ticket', 'unauthenticated', () => ({ type: 'auth', ticket: ana.tokens!.accessToken })],
    ['has nothing', 'unauthenticated', () => ({ type: 'auth' })],
    ['has null', 'unauthenticated', () => ({ type: 'auth', token: null })],
    ['has a number', 'unauthenticated', () => ({ type: 'auth', token: 1 })],
    ['has both', 'unauthenticated', async () => ({ ...good(), ticket: await ticketOf(ana) })],
    ['has more', 'unauthenticated', () => ({ ...good(), admin: true })],
    ['is of another type', 'unauthenticated', () => ({ type: 'ping' })],
    ['has no type', 'unauthenticated', () => ({ token: ana.tokens!.accessToken })],
    ['is a list', 'unauthenticated', () => [good()]],
    ['is of an ended session', 'session_revoked', endedSession],
    ['is a key for administration', 'insufficient_scope', keyFor],
  ])('that %s closes 4401', async (_what, reason, frame) => {
    const said = await frame();
    await open();
    socket.say(said);
    await expect(socket.closed).resolves.toEqual({ code: 4401, reason });
    expect(socket.frames).toEqual([]);
  });

  it.each([
    ['no JSON', (to: SocketClient) => to.socket.send('auth')],
    ['empty', (to: SocketClient) => to.socket.send('')],
    ['binary', (to: SocketClient) => to.socket.send(Buffer.from(JSON.stringify(good())))],
  ])('that is %s closes 4401', async (_what, say) => {
    say(await open());
    expect((await socket.closed).code).toBe(4401);
  });

  it('that does not come within five seconds closes 4408', async () => {
    const before = performance.now();
    await open();
    expect(await ownTimeOf(socket.closed)).toBeLessThan(7_000);
    expect(performance.now() - before).toBeGreaterThan(4_800);
    await expect(socket.closed).resolves.toEqual({ code: 4408, reason: 'auth_timeout' });
  });

  it('may be followed by others before it is answered', async () => {
    await open();
    socket.say(good());
    const requestId = socket.ask({ type: 'ping' });
    await socket.frame((frame) => frame.requestId === requestId, 'pong');
    expect(socket.frames.map(({ type }) => type)).toEqual(['ready', 'pong']);
  });

  it('is the only one of its type: a second one is an error, and the first still counts', async () => {
    const ben = await aMember(parley);
    await open();
    socket.say(good());
    socket.say({ type: 'auth', token: ben.tokens!.accessToken });
    const error = await socket.frame(({ type }) => type === 'error', 'error');
    expect(error).toMatchObject({ requestId: null, problem: { code: 'validation_failed' } });
    expect(error.problem!.errors).toMatchObject([{ path: '/type' }]);
    const made = await socket.created(
      socket.ask({ type: 'message.send', conversationId: null, content: 'Whose is it?' }),
    );
    expect((await ana.get(`/conversations/${made.reply.conversationId}`)).status).toBe(200);
  });

  const good = () => ({ type: 'auth', token: ana.tokens!.accessToken });
  const isReady = ({ type }: { readonly type: string }) => type === 'ready';

  async function endedSession() {
    const again = await signedInAgain(ana);
    await again.get('/users/me');
    await parley.database.query('update sessions set revoked_at = now() where id = $1', [sessionOf(again)]);
    return { type: 'auth', token: again.tokens!.accessToken };
  }

  async function keyFor() {
    const admin = await aMember(parley);
    await parley.database.query(`update users set role = 'admin' where id = $1`, [admin.tokens!.user.id]);
    return { type: 'auth', token: (await newKey(admin, ['admin'])).key };
  }
});

/** As the access token names it. */
function sessionOf({ tokens }: Client): string {
  const [, payload = ''] = tokens!.accessToken.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }).sid;
}
