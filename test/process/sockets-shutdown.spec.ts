import { openSocket, parseAnswer, sendRaw } from '../support/raw-http';
import { Client } from '../support/client';
import type { ParleyProcess } from '../support/parley-process';
import { pauseAnswer } from '../support/paused-answer';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { waitUntil } from '../support/wait-until';

const HANDSHAKE = [
  ...['GET /api/v1/ws HTTP/1.1', 'Host: parley', 'Connection: Upgrade', 'Upgrade: websocket'],
  ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''],
];

describe('The sockets of a Parley that is told to stop', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let parley: ParleyProcess;
  let ana: Client;

  const start = async (count: number, drainSeconds: number) => {
    model = await ScriptedModelServer.start();
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DRAIN_SECONDS: String(drainSeconds) };
    replicas = await Replicas.start(count, { env });
    parley = replicas.all[0]!;
    ana = await Client.guest(parley.url);
  };

  afterEach(async () => {
    await replicas.close();
    await model.close();
  });

  const begin = async (socket: SocketClient) => {
    const answer = pauseAnswer(model);
    const asked = socket.ask({ type: 'message.send', conversationId: null, content: answer.question });
    await socket.hears(asked, answer.beginning);
    return { ...answer, asked, reply: (await socket.created(asked)).reply };
  };

  it('close 1012: the idle ones at once, the others after the last event of their last reply', async () => {
    await start(1, 600);
    const [busy, idle, silent] = [
      await SocketClient.signedIn(ana),
      await SocketClient.signedIn(ana),
      await SocketClient.open(parley.url),
    ];
    const { asked, text, goOn } = await begin(busy);
    parley.signal('SIGTERM');
    await expect(idle.closed).resolves.toEqual({ code: 1012, reason: 'draining' });
    await expect(silent.closed).resolves.toMatchObject({ code: 1012 });
    const refused = await busy.refusal({ type: 'message.send', conversationId: null, content: 'And now?' });
    expect(refused).toMatchObject({ code: 'draining', status: 503 });
    const answer = parseAnswer(await sendRaw(parley.url, ...HANDSHAKE));
    expect([answer.status, answer.body.code]).toEqual([503, 'draining']);
    goOn();
    await expect(busy.closed).resolves.toEqual({ code: 1012, reason: 'draining' });
    expect(busy.of(asked).at(-1)).toMatchObject({ type: 'message.completed', message: { content: text } });
    await expect(parley.ended).resolves.toBe(0);
  });

  it('hear that their replies are interrupted when the time for them is over', async () => {
    await start(1, 0);
    const socket = await SocketClient.signedIn(ana);
    const { asked } = await begin(socket);
    parley.signal('SIGTERM');
    await expect(socket.closed).resolves.toMatchObject({ code: 1012 });
    const last = socket.of(asked).at(-1);
    expect(last).toMatchObject({ type: 'message.failed', message: { error: { code: 'interrupted' } } });
    await expect(parley.ended).resolves.toBe(0);
  });

  it('are told to join again elsewhere where a reply goes on elsewhere', async () => {
    await start(2, 1);
    const other = replicas.all[1]!;
    const writer = await SocketClient.signedIn(new Client(other.url, ana.tokens));
    const { asked, reply, text, goOn } = await begin(writer);
    const reader = await SocketClient.signedIn(ana);
    const place = { conversationId: reply.conversationId, messageId: reply.id };
    const resumed = reader.ask({ type: 'message.resume', ...place, after: 0 });
    await waitUntil(() => reader.textOf(resumed) !== '', 'text from the other replica');
    const seen = reader.textOf(resumed).length;
    parley.signal('SIGTERM');
    await expect(reader.closed).resolves.toEqual({ code: 1012, reason: 'draining' });
    expect(reader.of(resumed).at(-1)).toEqual({ type: 'reconnect', retryAfterMs: 1_000, requestId: resumed });
    await expect(parley.ended).resolves.toBe(0);
    const again = writer.ask({ type: 'message.resume', ...place, after: seen });
    goOn();
    await writer.all(again);
    expect(text.slice(0, seen) + writer.textOf(again)).toBe(text);
    await writer.all(asked);
    await writer.close();
  });

  it('do not keep it from ending, whatever they do not answer', async () => {
    await start(1, 0);
    const raw = openSocket(parley.url);
    raw.write(HANDSHAKE.join('\r\n'));
    await waitUntil(() => raw.bytesRead > 0, 'the handshake');
    parley.signal('SIGTERM'); // it never answers the closing frame
    await expect(parley.ended).resolves.toBe(0);
    raw.destroy();
  });
});
