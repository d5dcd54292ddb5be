import { Client } from '../support/client';
import { newGate } from '../support/gate';
import type { ParleyProcess } from '../support/parley-process';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe('A Parley that is told to stop', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let parley: ParleyProcess;
  let ana: Client;
  let conversationId: string;

  const start = async (drainSeconds: number) => {
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DRAIN_SECONDS: String(drainSeconds) };
    replicas = await Replicas.start(1, { env });
    parley = replicas.all[0]!;
    ana = await Client.guest(parley.url);
    conversationId = (await ana.conversation()).id;
  };

  beforeEach(async () => {
    model = await ScriptedModelServer.start();
  });

  afterEach(async () => {
    await replicas.close();
    await model.close();
  });

  it('lets a reply end, takes no new work meanwhile, and goes with status 0', async () => {
    await start(600);
    const gate = newGate();
    model.answerAll(async (answer) => {
      answer.text('Oslo is ');
      await gate.opened;
      answer.text('cold');
      answer.finish();
    });
    const stream = (await ana.ask(conversationId, 'Where is it cold?'))[Symbol.asyncIterator]();
    await stream.next(); // message.created
    await stream.next(); // the first text
    parley.signal('SIGTERM');
    await waitUntil(async () => (await parley.readiness()) === 503, 'unready');
    const other = await ana.conversation();
    await expect(
      ana.post(`/conversations/${other.id}/messages`, { content: 'And warm?' }),
    ).resolves.toMatchObject({
      status: 503,
      body: { code: 'draining' },
    });
    gate.open();
    const rest = [];
    for (let next = await stream.next(); !next.done; next = await stream.next()) rest.push(next.value);
    expect(rest.at(-1)).toMatchObject({
      type: 'message.completed',
      data: { message: { content: 'Oslo is cold' } },
    });
    await expect(parley.ended).resolves.toBe(0);
  });

  it('ends a reply that takes too long as interrupted, and tells its readers', async () => {
    await start(0);
    model.answerAll((answer) => {
      answer.text('Oslo is ');
      return answer.hang();
    });
    const stream = await ana.ask(conversationId, 'Where is it cold?');
    const events = [];
    for await (const event of stream) {
      events.push(event);
      if (event.type === 'message.delta') parley.signal('SIGTERM');
    }
    expect(events.at(-1)).toMatchObject({
      type: 'message.failed',
      data: { message: { content: 'Oslo is ', finishReason: 'interrupted', error: { code: 'interrupted' } } },
    });
    await expect(parley.ended).resolves.toBe(0);
    await expect(replicas.database.query('select reply_id from generations')).resolves.toEqual([]);
  });
});
