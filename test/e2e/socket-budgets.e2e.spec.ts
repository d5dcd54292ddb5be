import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client } from '../support/client';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import { SocketClient } from '../support/socket-client';

const ON = {
  ...{ RATE_LIMITS: 'on', TRUST_PROXY: '1', LIMIT_GUEST: '1000/1h' },
  ...{ LIMIT_SEND: '3/1m', LIMIT_SEND_ADDRESS: '5/2m', LIMIT_DEFAULT: '8/30s' },
};

let addresses = 0;
let keys = 0;
const newAddress = () => `203.0.113.${++addresses}`;
const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
const send = (content = 'Hi', more: object = {}) => ({
  ...{ type: 'message.send', conversationId: null, content, ...more },
});

describe('Limits on what sockets say', () => {
  let parley: RunningApp;
  const opened: SocketClient[] = [];

  beforeAll(async () => ({ parley } = await startScriptedApp(ON)));
  afterEach(() => {
    for (const { socket } of opened.splice(0)) socket.terminate();
  });
  afterAll(() => parley.close());

  const guest = async () =>
    new Client(
      parley.url,
      (await new Client(parley.url).post<TokensResponse>('/auth/guest', {}, from(newAddress()))).body,
    );
  const open = async (address = newAddress()) => {
    const socket = await SocketClient.open(parley.url, from(address));
    opened.push(socket);
    return socket;
  };
  const signIn = async (client: Client, address = newAddress()) => {
    const socket = await SocketClient.signedIn(client, from(address));
    opened.push(socket);
    return socket;
  };
  it('count sends of HTTP and of sockets together, and say when to come back', async () => {
    const ana = await guest();
    const socket = await signIn(ana);
    const { id } = await ana.conversation();
    const overHttp = () => ana.post(`/conversations/${id}/messages`, { content: 'Hi' }, from(newAddress()));
    expect((await overHttp()).status).toBe(201);
    const made = await socket.all(socket.ask(send()));
    expect(made.at(-1)!.type).toBe('message.completed');
    const place = { conversationId: made[0]!.reply!.conversationId, messageId: made[0]!.reply!.id };
    await socket.all(socket.ask({ type: 'message.regenerate', ...place }));
    const problem = await socket.refusal(send());
    expect(problem).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(problem.retryAfter).toBeGreaterThan(40);
    expect(problem.retryAfter).toBeLessThanOrEqual(60);
    expect((await overHttp()).status).toBe(429);
    expect((await socket.refusal({ type: 'message.regenerate', ...place })).code).toBe('rate_limited');
  });

  it('do not count what was sent before under the same key', async () => {
    const socket = await signIn(await guest());
    const once = { idempotencyKey: `key-${++keys}` };
    for (let n = 0; n < 5; n++) await socket.all(socket.ask(send('Hi', once)));
    for (let n = 0; n < 2; n++) await socket.all(socket.ask(send()));
    expect((await socket.refusal(send())).code).toBe('rate_limited');
    expect((await socket.all(socket.ask(send('Hi', once)))).at(-1)!.type).toBe('message.completed');
  });

  it('count sends by address, whoever asks', async () => {
    const address = newAddress();
    const [ana, ben] = [await signIn(await guest(), address), await signIn(await guest(), address)];
    for (const each of [ana, ben, ana, ben, ana]) await each.all(each.ask(send()));
    expect(await ben.refusal(send())).toMatchObject({ code: 'rate_limited' });
  });

  it('count other frames with other calls, bad ones too, and pings not at all', async () => {
    const ana = await guest();
    const socket = await signIn(ana);
    for (let n = 0; n < 20; n++) socket.ask({ type: 'ping' });
    for (let n = 0; n < 3; n++) expect((await socket.refusal({ type: 'x' })).code).toBe('validation_failed');
    for (let n = 0; n < 5; n++) expect((await ana.get('/users/me')).status).toBe(200);
    expect((await socket.refusal({ type: 'x' })).code).toBe('rate_limited');
    expect((await ana.get('/users/me')).status).toBe(429);
    expect((await socket.all(socket.ask(send()))).at(-1)!.type).toBe('message.completed');
  });

  it('count wrong tokens by address, as those of HTTP', async () => {
    const address = newAddress();
    for (let n = 0; n < 8; n++) {
      const answer = await new Client(parley.url).get('/users/me', from(address));
      expect(answer.status).toBe(401);
    }
    const socket = await open(address);
    socket.say({ type: 'auth', token: 'nonsense' });
    await expect(socket.closed).resolves.toEqual({ code: 4429, reason: 'rate_limited' });
    await signIn(await guest(), address);
  });
});
