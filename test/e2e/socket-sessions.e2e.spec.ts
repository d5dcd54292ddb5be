import type { TokensResponse } from '../../src/auth/auth.dto';
import { aMember, changeAccount, newKey, PASSWORD, signedInAgain } from '../support/callers';
import { Client } from '../support/client';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { pauseAnswer } from '../support/paused-answer';
import { ownTimeOf } from '../support/own-time';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { Statements } from '../support/statements';
import { TcpProxy } from '../support/tcp-proxy';
import { waitUntil } from '../support/wait-until';

const WATCH = /used_sessions/;

describe('A socket whose session', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    database = await cloneDatabase();
    proxy = await TcpProxy.before(database.url);
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DATABASE_URL: proxy.url });
  });
  beforeEach(async () => (ana = await aMember(parley)));
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await parley.close();
    await proxy.close();
    await model.close();
    await database.drop();
  });

  const ofUser = (whose = ana) => [whose.tokens!.user.id];
  const { query } = { query: (sql: string) => database.query(sql, ofUser()) };
  const setting = (change: string) => (whose: Client) => database.query(`update ${change}`, ofUser(whose));

  const ENDS: readonly [string, (whose: Client) => Promise<unknown>][] = [
    ['is signed out', (whose) => whose.post('/auth/logout')],
    ['is ended by a change of the password', changePassword],
    ['is ended on another replica', setting('sessions set revoked_at = now() where user_id = $1')],
    ['is left behind', setting('sessions set idle_expires_at = now() where user_id = $1')],
    ['is over', setting('sessions set expires_at = now() where user_id = $1')],
    ['is of another epoch', setting('users set session_epoch = 9 where id = $1')],
    ['is of a disabled account', setting('users set disabled_at = now() where id = $1')],
    ['is of an account that is erased', setting('users set erased_at = now() where id = $1')],
    [
      'is of an account that is deleted',
      (whose) => whose.call('DELETE', '/users/me', { password: PASSWORD }),
    ],
  ];
  /** All at once: each waits for the next look after its session. */
  const ended = new Map<string, Promise<{ socket: SocketClient; ms: number }>>();
  beforeAll(() => {
    for (const [how, end] of ENDS) ended.set(how, endOf(end));
    for (const end of ended.values()) end.catch(() => undefined); // told to the test that waits for it
  });

  async function endOf(end: (whose: Client) => Promise<unknown>) {
    const whose = await aMember(parley);
    const socket = await SocketClient.signedIn(whose);
    await end(whose);
    return { socket, ms: await ownTimeOf(socket.closed) };
  }

  it.each(ENDS)('%s closes 4401 within five seconds', async (how) => {
    const { socket, ms } = (await ended.get(how))!;
    await expect(socket.closed).resolves.toEqual({ code: 4401, reason: 'session_revoked' });
    expect(ms).toBeLessThan(5_000);
  });

  it('is of a guest who becomes a member closes 4401: the new session opens its own', async () => {
    const guest = await Client.guest(parley.url);
    const socket = await SocketClient.signedIn(guest);
    const credentials = { username: `guest-${guest.tokens!.user.id}`, password: PASSWORD };
    const { body } = await guest.post<TokensResponse>('/auth/register', credentials);
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
    await (await SocketClient.signedIn(new Client(parley.url, body))).close();
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['deleted', (id) => ana.delete(`/auth/api-keys/${id}`)],
    ['over', (id) => database.query('update api_keys set expires_at = now() where id = $1', [id])],
  ])('is none, but a key, closes 4401 when that is %s', async (_how, end) => {
    const { id, key } = await newKey(ana, ['chat']);
    const byKey = new Client(parley.url, { ...ana.tokens!, accessToken: key });
    const [socket, other] = [await SocketClient.signedIn(byKey), await SocketClient.signedIn(ana)];
    await end(id);
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
    expect(other.socket.readyState).toBe(other.socket.OPEN);
    await other.close();
  });

  it('has ended a moment ago on another replica is not let in, though it is remembered here', async () => {
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now); // by which it is remembered for four seconds
    await ana.get('/users/me');
    await query('update sessions set revoked_at = now() where user_id = $1');
    expect((await ana.get('/users/me')).status).toBe(200);
    const socket = await SocketClient.open(parley.url);
    socket.say({ type: 'auth', token: ana.tokens!.accessToken });
    await expect(socket.closed).resolves.toEqual({ code: 4401, reason: 'session_revoked' });
    expect(socket.frames).toEqual([]);
  });

  it('goes on when another session of the account ends, and the reply with it when its own does', async () => {
    const { question, beginning, text, goOn } = pauseAnswer(model);
    const [socket, other] = [await SocketClient.signedIn(ana), await signedInAgain(ana)];
    const asked = socket.ask({ type: 'message.send', conversationId: null, content: question });
    const { reply } = await socket.created(asked);
    await socket.hears(asked, beginning);
    await ana.post('/auth/logout');
    await socket.closed;
    goOn();
    const ended = () => other.message(reply.conversationId, reply.id);
    const stored = await waitUntil(async () => {
      const message = await ended();
      return message.completedAt && message;
    }, 'the end of the reply');
    expect(stored).toMatchObject({ status: 'completed', content: text });
  });

  it('is one of many is looked after with one statement, and without sockets there is none', async () => {
    const statements = new Statements(parley);
    const looks = () => statements.seen.filter((sql) => WATCH.test(sql)).length;
    const others = await Promise.all(Array.from({ length: 4 }, () => signedInAgain(ana)));
    const sockets = await Promise.all(others.map((other) => SocketClient.signedIn(other)));
    const before = looks();
    const begun = performance.now();
    await waitUntil(() => looks() >= before + 2, 'two looks');
    expect(looks() - before).toBeLessThanOrEqual(Math.ceil((performance.now() - begun) / 2_000) + 1);
    await Promise.all(sockets.map((socket) => socket.close()));
    const after = looks();
    const { ended } = await SocketClient.open(parley.url).then((stranger) => ({ ended: stranger.closed }));
    await ended; // it never says who it is, and is closed after five seconds: two looks at least
    expect(looks()).toBeLessThanOrEqual(after + 1);
  });

  it('is in use by it alone counts as used, and so does its account', async () => {
    const socket = await SocketClient.signedIn(ana);
    await changeAccount({ ...parley, database }, ana, `last_seen_at = now() - interval '1 day'`);
    await query(`update sessions set last_used_at = now() - interval '1 day' where user_id = $1`);
    await waitUntil(async () => {
      const [row] = await database.query<{ fresh: boolean }>(
        `select u.last_seen_at > now() - interval '1 minute' and s.last_used_at > now() - interval '1 minute' as fresh
         from users u join sessions s on s.user_id = u.id where u.id = $1`,
        ofUser(),
      );
      return row!.fresh;
    }, 'a use that is written down');
    await socket.close();
  });

  it.each<[string, () => Promise<void> | void]>([
    ['refuses connections', () => proxy.refuse()],
    ['does not answer', () => proxy.freeze()],
  ])('cannot be looked after, since the database %s, stays open', async (_how, goAway) => {
    const socket = await SocketClient.signedIn(ana);
    await goAway();
    const frame = { type: 'message.send', conversationId: null, content: 'Hi' };
    const problem = await socket.refusal(frame);
    expect(problem).toMatchObject({ code: 'database_unavailable', status: 503, retryAfter: 2 });
    const stranger = await SocketClient.open(parley.url);
    stranger.say({ type: 'auth', ticket: 'wt_unknown' });
    expect((await stranger.closed).code).toBe(1013);
    const silent = await SocketClient.open(parley.url);
    expect((await silent.closed).code).toBe(4408); // after five seconds, and so after two looks at least
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
    await proxy.restore();
    await waitUntil(async () => (await ana.get('//health/ready')).status === 200, 'Parley being ready');
    expect((await socket.all(socket.ask(frame))).at(-1)!.type).toBe('message.completed');
    await socket.close();
  });

  async function changePassword(whose: Client) {
    const other = await signedInAgain(whose);
    await other.call('PUT', '/users/me/password', {
      currentPassword: PASSWORD,
      newPassword: 'marble kite orchard',
    });
  }
});
