import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Client } from '../support/client';
import { newGate } from '../support/gate';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import type { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { waitUntil } from '../support/wait-until';

const READERS = 5;
const FRAMES = 300;

describe('A socket that is not read', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => ({ parley, model, ana } = await startScriptedApp({ REPLY_MAX_CHARS: '5000000' })));
  afterAll(() => parley.close());

  /** And the server's end of it. */
  async function open(): Promise<[SocketClient, Socket]> {
    const connecting = once(parley.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const [socket, [tcp]] = await Promise.all([SocketClient.signedIn(ana), connecting]);
    return [socket, tcp];
  }

  it('holds nobody up, nor does anything pile up for it, and gets everything when it reads on', async () => {
    const go = newGate();
    const pieces = Array.from({ length: 40 }, () => '\u0001'.repeat(50_000)); // six bytes each in JSON
    const text = `Once ${pieces.join('')} end.`;
    model.answer('Slowly?', async (answer) => {
      answer.text('Once ');
      await go.opened;
      for (const piece of pieces) {
        answer.text(piece);
        await new Promise(setImmediate); // as many chunks, and not one
      }
      answer.whole(' end.');
    });
    const [asker, [slow, tcp]] = [await SocketClient.signedIn(ana), await open()];
    const asked = asker.ask({ type: 'message.send', conversationId: null, content: 'Slowly?' });
    const { reply } = await asker.created(asked);
    const resume = {
      type: 'message.resume',
      conversationId: reply.conversationId,
      messageId: reply.id,
      after: 0,
    };
    const readers = Array.from({ length: READERS }, () => slow.ask(resume));
    await Promise.all(readers.map((reader) => slow.hears(reader, 'Once ')));
    slow.socket.pause();
    go.open();
    const events = await asker.all(asked);
    expect(asker.textOf(asked) === text).toBe(true);
    await waitUntil(() => tcp.writableLength > 0, 'bytes that nobody takes');
    // What waits is one frame beyond the mark, for all the replies together; none is longer than the whole text.
    expect(tcp.writableLength).toBeLessThan(JSON.stringify(text).length + 70_000);
    slow.socket.resume();
    for (const reader of readers) {
      const all = await slow.all(reader);
      expect(slow.textOf(reader) === text).toBe(true);
      expect(all.length).toBeLessThan(events.length);
    }
    await Promise.all([asker.close(), slow.close()]);
  });

  it('and goes on asking is read no further, so that its answers do not pile up either', async () => {
    const [socket, tcp] = await open();
    socket.socket.pause();
    const unknown = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${n}${'x'.repeat(4_000)}`, 0]));
    const frame = JSON.stringify({ type: 'ping', ...unknown }); // refused, with a problem that names all of it
    const written = Array.from({ length: FRAMES }, () => {
      return new Promise((resolve) => socket.socket.send(frame, resolve));
    });
    await waitUntil(() => tcp.isPaused(), 'the server not reading on');
    expect(tcp.writableLength).toBeLessThan(200_000);
    socket.socket.resume();
    await Promise.all(written);
    await waitUntil(() => socket.frames.length === FRAMES + 1, 'all answers');
    await socket.close();
  });

  it('and ends frees what waited for it', async () => {
    const [socket] = await open();
    const { socket: raw } = socket;
    const asked = socket.ask({ type: 'message.send', conversationId: null, content: 'Who?' });
    await socket.created(asked);
    raw.pause();
    raw.terminate();
    await socket.closed;
    await (await SocketClient.signedIn(await Client.guest(parley.url))).close();
  });
});
