import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { DataSource } from 'typeorm';
import { Client } from '../support/client';
import { Listener } from '../support/listener';
import { makePatient } from '../support/patient-database';
import { startApp, type RunningApp } from '../support/running-app';
import { newGate } from '../support/gate';
import { ScriptedModelServer } from '../support/scripted-model-server';

const MEGABYTE = 1_000_000;

describe('A long answer', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    const environment = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', REPLY_MAX_CHARS: '5000000' };
    parley = await startApp(environment);
    await makePatient(parley.app.get(DataSource));
    ana = await Client.guest(parley.url);
  });
  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  it('may come in one chunk of a megabyte', async () => {
    const text = 'Brrr! 😀 '.repeat(MEGABYTE / 8).slice(0, MEGABYTE);
    model.answer('At length?', (answer) => answer.whole(text));
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, 'At length?'));
    const message = (await asker.done).at(-1)!.data.message as { id: string; content: string };
    expect(asker.text === text && message.content === text).toBe(true);
    const stored = await ana.message(id, message.id);
    expect(stored.content === text).toBe(true);
  });

  it('is cut at the limit that is set, and says so', async () => {
    model.answer('For ever?', async (answer, { ended }) => {
      for (let n = 0; n < 6; n++) answer.text('x'.repeat(MEGABYTE));
      await ended;
    });
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'For ever?');
    expect(reply).toMatchObject({ status: 'completed', finishReason: 'length' });
    expect(reply.content).toHaveLength(5 * MEGABYTE);
    await expect(model.calls.at(-1)!.ended).resolves.toBe('left');
  });

  it('holds nobody up though one of its readers does not read, nor does it pile up for that one', async () => {
    const [connected, go] = [newGate(), newGate()];
    const pieces = Array.from({ length: 40 }, () => '\u0001'.repeat(50_000)); // six bytes each in JSON
    model.answer('Slowly?', async (answer) => {
      answer.text('Once ');
      connected.open();
      await go.opened;
      for (const piece of pieces) {
        answer.text(piece);
        await new Promise(setImmediate); // as many chunks, and not one
      }
      answer.whole(' end.');
    });
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, 'Slowly?'));
    await asker.hears('Once ');
    const stalled = await stalledReader(`/conversations/${id}/messages/${await asker.replyId()}/stream`);
    go.open();
    const last = (await asker.done).at(-1)!;
    const text = `Once ${pieces.join('')} end.`;
    expect(last.type).toBe('message.completed');
    expect(asker.text === text).toBe(true);
    // For the one who does not read there is one frame: not both the deltas and the message that ends them.
    expect(stalled.response.writableLength).toBeLessThan(JSON.stringify(text).length + 2_000);
    expect((await stalled.readOn()) === text).toBe(true);
  });

  /** Somebody who opens the stream and leaves it unread until told otherwise. */
  async function stalledReader(path: string) {
    const answering = once(parley.app.getHttpServer(), 'request');
    const headers = { Authorization: `Bearer ${ana.tokens!.accessToken}` };
    const request = get(`${parley.url}/api/v1${path}`, { headers });
    const [[, response], [incoming]] = (await Promise.all([answering, once(request, 'response')])) as [
      [unknown, ServerResponse],
      [IncomingMessage],
    ];
    incoming.pause();
    return { response, readOn: () => textOfAll(incoming) };
  }
});

async function textOfAll(incoming: IncomingMessage): Promise<string> {
  let [body, text] = ['', ''];
  for await (const piece of incoming.setEncoding('utf8')) body += piece as string;
  for (const block of body.split('\n\n').filter((frame) => frame.includes('event: message.delta')))
    text += (JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as { delta: string }).delta;
  return text;
}
