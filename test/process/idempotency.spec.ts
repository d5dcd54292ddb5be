import type { ExchangeResponse } from '../../src/conversations/message.dto';
import type { Answered } from '../support/client';
import { Client } from '../support/client';
import { newGate } from '../support/gate';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe('A question that is sent again under its key', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let ana: Client;
  let id: string;

  beforeEach(async () => {
    model = await ScriptedModelServer.start();
    replicas = await Replicas.start(2, { env: { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' } });
    ana = await Client.guest(replicas.urls[0]!);
    ({ id } = await ana.conversation());
  });
  afterEach(async () => {
    await replicas.close();
    await model.close();
  });

  const at = (n: number) => new Client(replicas.urls[n]!, ana.tokens);
  const send = (client: Client): Promise<Answered<ExchangeResponse>> =>
    client.post(
      `/conversations/${id}/messages`,
      { content: 'Where is it cold?' },
      { headers: { 'Idempotency-Key': 'once' } },
    );
  const replayed = ({ headers }: Answered<unknown>) => headers.get('idempotency-replayed');

  it('fifty times at once, to two replicas, is asked once and answered fifty times alike', async () => {
    const gate = newGate();
    model.answerAll(async (answer) => {
      answer.text('Oslo ');
      await gate.opened;
      answer.whole('is cold.');
    });
    const sent = Array.from({ length: 50 }, (_, n) => send(at(n % 2)));
    await waitUntil(() => model.calls.length > 0, 'a call');
    gate.open();
    const answers = await Promise.all(sent);
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 201, body: { reply: { content: 'Oslo is cold.' } } });
    expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    expect(model.calls).toHaveLength(1);
  });

  it('after its replica has stopped has the same answer, from another one and from its successor', async () => {
    const first = await send(ana);
    replicas.all[0]!.signal('SIGTERM');
    await replicas.all[0]!.ended;
    await replicas.add();
    for (const client of [at(1), at(2)]) {
      const again = await send(client);
      expect([again.status, replayed(again)]).toEqual([first.status, 'true']);
      expect(again.body).toEqual(first.body);
    }
    expect(model.calls).toHaveLength(1);
  });

  it('while its replica dies before any text gets the reply that another one writes', async () => {
    model.answerAll((answer, { question }) => {
      if (model.calls.filter((call) => call.question === question).length > 1) return answer.whole('Oslo.');
      answer.headers();
      return answer.hang();
    });
    const lost = send(ana).catch(() => 'cut');
    await waitUntil(() => model.calls.length === 1, 'the first call');
    await replicas.all[0]!.kill();
    await expect(lost).resolves.toBe('cut');
    const again = await send(at(1));
    expect([again.status, replayed(again), again.body.reply.content]).toEqual([201, 'true', 'Oslo.']);
    expect(model.calls).toHaveLength(2);
  });
});
