import type { TokensResponse } from '../../src/auth/auth.dto';
import { aMember, withKey } from '../support/callers';
import { Client } from '../support/client';
import { pauseAnswer } from '../support/paused-answer';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { waitUntil } from '../support/wait-until';

const ON = {
  ...{ RATE_LIMITS: 'on', TRUST_PROXY: '1', LIMIT_GUEST: '1000/1h' },
  ...{ LIMIT_SEND: '3/1m', LIMIT_SEND_ADDRESS: '5/2m', LIMIT_DEFAULT: '8/30s' },
  ...{ WS_MAX_CONNECTIONS_PER_USER: '2', WS_MAX_CONNECTIONS_PER_IP: '4' },
};

let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;
const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
const send = (content = 'Hi', more: object = {}) => ({
  ...{ type: 'message.send', conversationId: null, content, ...more },
});

describe('Limits on sockets', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  const opened: SocketClient[] = [];

  beforeAll(async () => ({ parley, model } = await startScriptedApp(ON)));
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
  /** Whether one more is let in. */
  const isLetIn = (client: Client, address?: string) =>
    signIn(client, address).then(
      () => true,
      () => false,
    );
  const end = async (socket: SocketClient, how: 'close' | 'terminate') => {
    socket.socket[how]();
    await socket.closed;
  };

  describe('of one address', () => {
    it('let so many in, and close the next with 4429 before it says anything', async () => {
      const address = newAddress();
      for (let n = 0; n < 4; n++) await open(address);
      const fifth = await open(address);
      await expect(fifth.closed).resolves.toEqual({ code: 4429, reason: 'too_many_connections' });
      await signIn(await guest());
    });

    it.each(['close', 'terminate'] as const)('are free again after a %s', async (how) => {
      const address = newAddress();
      const sockets = [];
      for (let n = 0; n < 4; n++) sockets.push(await open(address));
      await end(sockets[0]!, how);
      const ana = await guest();
      await waitUntil(() => isLetIn(ana, address), 'a free place');
      expect(await isLetIn(ana, address)).toBe(false);
    });

    it('are free again after a refusal', async () => {
      const address = newAddress();
      for (let n = 0; n < 5; n++) {
        const socket = await open(address);
        socket.say({ type: 'auth', token: 'nonsense' });
        await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
      }
    });

    it('count a network of IPv6 as one', async () => {
      const network = `2001:db8:${(++addresses).toString(16)}`;
      for (let n = 0; n < 4; n++) await open(`${network}:1::${n}`);
      await expect((await open(`${network}:1:ffff::9`)).closed).resolves.toMatchObject({ code: 4429 });
      await signIn(await guest(), `${network}:2::1`);
    });
  });

  describe('of one account', () => {
    it('let so many in, and close the next with 4429, wherever they come from and by whatever', async () => {
      const ana = await aMember(parley);
      const byKey = await withKey(ana, ['chat']);
      await signIn(ana);
      await signIn(byKey);
      for (const client of [ana, byKey]) {
        const third = await open();
        third.say({ type: 'auth', token: client.tokens!.accessToken });
        await expect(third.closed).resolves.toEqual({ code: 4429, reason: 'too_many_connections' });
      }
      await signIn(await guest());
    });

    it('let no more in when many come at once', async () => {
      const ana = await guest();
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => isLetIn(ana)));
      expect(outcomes.filter(Boolean)).toHaveLength(2);
    });

    it.each(['close', 'terminate'] as const)('are free again after a %s', async (how) => {
      const ana = await guest();
      const [first] = [await signIn(ana), await signIn(ana)];
      await end(first, how);
      await waitUntil(() => isLetIn(ana), 'a free place');
      expect(await isLetIn(ana)).toBe(false);
    });
  });

  describe('that are off', () => {
    let free: RunningApp;

    beforeAll(async () => {
      const { WS_MAX_CONNECTIONS_PER_USER, WS_MAX_CONNECTIONS_PER_IP } = ON;
      const environment = { WS_MAX_CONNECTIONS_PER_USER, WS_MAX_CONNECTIONS_PER_IP };
      ({ parley: free, model } = await startScriptedApp(environment));
    });
    afterAll(() => free.close());

    it('let any number in', async () => {
      const ana = await Client.guest(free.url);
      for (let n = 0; n < 12; n++) opened.push(await SocketClient.signedIn(ana));
    });

    it('leave a socket with a hundred replies at a time, and a place for each that has ended', async () => {
      const ana = await Client.guest(free.url);
      const socket = await SocketClient.signedIn(ana);
      const { question, goOn } = pauseAnswer(model);
      const asked = socket.ask(send(question));
      const { reply } = await socket.created(asked);
      const place = { conversationId: reply.conversationId, messageId: reply.id };
      const resume = { type: 'message.resume', ...place, after: 0 };
      const resumed = Array.from({ length: 99 }, () => socket.ask(resume));
      await socket.hears(resumed.at(-1)!, 'Oslo ');
      for (const frame of [resume, send()])
        expect(await socket.refusal(frame)).toMatchObject({ code: 'too_many_connections', status: 429 });
      goOn();
      await Promise.all([asked, ...resumed].map((requestId) => socket.all(requestId)));
      expect((await socket.all(socket.ask(resume))).at(-1)!.type).toBe('message.completed');
      await socket.close();
    });
  });
});
