import { Client } from '../support/client';
import { FollowedReply } from '../support/followed-reply';
import { newGate } from '../support/gate';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const WORDS = ['Oslo ', 'is ', 'cold ', 'and ', 'dark 😀.'];
const WHOLE = WORDS.join('');
/** Enough that some request is under way at every moment. */
const WORKERS = 8;

describe('A replica that is told to stop under load', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let clients: Client[];
  const slowOnes = newGate();

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    model.answerAll(async (answer, { question }) => {
      const again = model.calls.filter((call) => call.question === question).length > 1;
      answer.headers();
      if (question.startsWith('Silent') && !again) return answer.hang();
      answer.text(WORDS[0]!);
      if (question.startsWith('Slow')) await slowOnes.opened;
      answer.whole(...WORDS.slice(1));
    });
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DRAIN_SECONDS: '1' };
    replicas = await Replicas.start(3, { env });
    const guest = await Client.guest(replicas.urls[0]!);
    clients = replicas.urls.map((url) => new Client(url, guest.tokens));
  });

  afterAll(async () => {
    slowOnes.open();
    await replicas.close();
    await model.close();
  });

  /** Asks one question after the other until it is told to stop; every reply, read to its end. */
  async function work(client: Client, isOver: () => boolean): Promise<string[]> {
    const texts: string[] = [];
    while (!isOver()) {
      const reply = await FollowedReply.ask(client, 'Quick question');
      await reply.toEnd(client);
      texts.push(reply.text);
    }
    return texts;
  }

  const askAll = (client: Client, kind: string) =>
    Promise.all(Array.from({ length: 10 }, (_, n) => FollowedReply.ask(client, `${kind} question ${n}`)));

  it('disturbs no other, and whoever read there reads on elsewhere and misses nothing', async () => {
    const [leaving, ...staying] = clients as [Client, Client, Client];
    let over = false;
    const load = Array.from({ length: WORKERS }, (_, n) => work(staying[n % 2]!, () => over));
    const [slow, silent] = [await askAll(leaving, 'Slow'), await askAll(leaving, 'Silent')];
    const elsewhere = await askAll(staying[0], 'Slow elsewhere');
    await Promise.all([...slow, ...elsewhere].map((reply) => reply.until(WORDS[0]!.length)));
    await waitUntil(
      () => model.calls.filter(({ question }) => question.startsWith('Silent')).length === 10,
      'calls',
    );
    const visitors = await Promise.all(
      elsewhere.map(({ conversationId, replyId }) => leaving.rejoin(conversationId, replyId, 0)),
    );
    const visits = visitors.map((stream) => stream.all());

    replicas.all[0]!.signal('SIGTERM');
    await expect(replicas.all[0]!.ended).resolves.toBe(0);
    const kept = 'select reply_id from generations where fence = 1 and reply_id = any ($1)';
    await expect(
      replicas.database.query(kept, [[...slow, ...silent].map(({ replyId }) => replyId)]),
    ).resolves.toEqual([]);
    for (const events of await Promise.all(visits)) expect(events.at(-1)!.type).toBe('reconnect');

    const ends = await Promise.all([...slow, ...silent].map((reply) => reply.toEnd(staying[1])));
    for (const [n, reply] of [...slow, ...silent].entries()) {
      expect(reply.text).toBe(ends[n]!.content);
      expect(ends[n]).toMatchObject(
        n < 10
          ? { finishReason: 'interrupted', content: WORDS[0] }
          : { finishReason: 'stop', content: WHOLE },
      );
    }
    slowOnes.open();
    for (const reply of elsewhere) {
      await reply.toEnd(staying[0]);
      expect([reply.text, reply.rejoins]).toEqual([WHOLE, 0]);
    }
    over = true;
    for (const texts of await Promise.all(load)) {
      expect(texts.length).toBeGreaterThan(0);
      expect(new Set(texts)).toEqual(new Set([WHOLE]));
    }
  });
});
