import type { MessageResponse } from '../../src/conversations/message.dto';
import { Client } from '../support/client';
import { FollowedReply } from '../support/followed-reply';
import { LoadBalancer } from '../support/load-balancer';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';

const WORKERS = 12;
const WORDS = Array.from({ length: 20 }, (_, n) => `word${n} `);
const WHOLE = WORDS.join('');
/** Answers of one length would begin and end together, and a restart would meet all of them or none. */
const PACES = [1, 1.5, 2, 2.5];

interface Outcome {
  readonly reply: FollowedReply;
  readonly end: MessageResponse;
}

describe('Three replicas that are restarted one after the other under a steady load', () => {
  let model: ScriptedModelServer;
  let replicas: Replicas;
  let balancer: LoadBalancer;
  let msAWord: number;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    let asked = 0;
    model.answerAll(async (answer) => {
      const pace = PACES[asked++ % PACES.length]!;
      answer.headers();
      for (const word of WORDS) {
        await new Promise((resolve) => setTimeout(resolve, msAWord * pace));
        answer.text(word);
      }
      answer.whole();
    });
  });
  afterAll(() => model.close());

  afterEach(async () => {
    await balancer.close();
    await replicas.close();
  });

  const isRunning = (n: number) => replicas.all.slice(n).filter((parley) => !stopped.has(parley.pid));
  const stopped = new Set<number>();

  async function start(drainSeconds: string): Promise<Client> {
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DRAIN_SECONDS: drainSeconds };
    replicas = await Replicas.start(3, { env });
    balancer = await LoadBalancer.before(() => isRunning(0).map(({ url }) => url));
    return Client.guest(balancer.url);
  }

  /** Asks and reads through the balancer while all three are restarted; what became of every question. */
  async function restartUnderLoad(client: Client): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let over = false;
    const work = async () => {
      while (!over) {
        const reply = await FollowedReply.ask(client, 'Where is it cold?');
        outcomes.push({ reply, end: await reply.toEnd(client) });
      }
    };
    const load = Array.from({ length: WORKERS }, work);
    for (const parley of [...replicas.all]) {
      parley.signal('SIGTERM');
      await expect(parley.ended).resolves.toBe(0);
      stopped.add(parley.pid);
      await replicas.add();
    }
    over = true;
    await Promise.all(load);
    return outcomes;
  }

  it('fails nothing where replies are shorter than the drain', async () => {
    msAWord = 20;
    const outcomes = await restartUnderLoad(await start('600'));
    expect(balancer.refused).toBe(0);
    expect(outcomes.length).toBeGreaterThan(3 * WORKERS);
    for (const { reply, end } of outcomes)
      expect([end.status, end.content, reply.text]).toEqual(['completed', WHOLE, WHOLE]);
  });

  it('interrupts longer ones with no less than was read of them, and fails nothing else', async () => {
    msAWord = 200;
    const outcomes = await restartUnderLoad(await start('1'));
    expect(balancer.refused).toBe(0);
    for (const { reply, end } of outcomes) {
      expect(end.content).toBe(reply.text);
      expect(WHOLE.startsWith(end.content)).toBe(true);
      expect(end.content === WHOLE ? end.status : end.finishReason).toBe(
        end.content === WHOLE ? 'completed' : 'interrupted',
      );
    }
    expect(outcomes.some(({ end }) => end.finishReason === 'interrupted')).toBe(true);
    expect(outcomes.some(({ end }) => end.status === 'completed')).toBe(true);
  });
});
