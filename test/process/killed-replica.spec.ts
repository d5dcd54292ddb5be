import { Client } from '../support/client';
import { FollowedReply } from '../support/followed-reply';
import { newGate } from '../support/gate';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

const REPLIES = 300;
/** From the kill until every reply has ended or is being written elsewhere. */
const TAKEN_OVER_MS = 15_000;
const BEGINNING = 'Oslo is ';
const REST = ['cold ', 'and ', 'dark 😀.'];
const WHOLE = BEGINNING + REST.join('');

interface StoredReply {
  readonly id: string;
  readonly status: string;
  readonly content: string;
  readonly finish_reason: string | null;
  /** Null: it is not being written. */
  readonly attempts: number | null;
}

describe('A replica that is killed with many replies running', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  const theRest = newGate();

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    model.answerAll(async (answer, { question }) => {
      const again = model.calls.filter((call) => call.question === question).length > 1;
      answer.headers();
      if (question.startsWith('Silent') && !again) return answer.hang();
      answer.text(BEGINNING);
      await theRest.opened;
      answer.whole(...REST);
    });
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', LOG_JSON: 'true' };
    replicas = await Replicas.start(3, { env });
  });

  afterAll(async () => {
    await replicas.close();
    await model.close();
  });

  const stored = () =>
    replicas.database.query<StoredReply>(
      `select m.id, m.status, m.content, m.finish_reason, g.attempts
       from messages m left join generations g on g.reply_id = m.id where m.role = 'assistant'`,
    );
  const callsOf = ({ question }: FollowedReply) =>
    model.calls.filter((call) => call.question === question).length;

  it('loses no question, leaves no reply hanging, and has none written twice that somebody read', async () => {
    const guest = await Client.guest(replicas.urls[0]!);
    const clients = replicas.urls.map((url) => new Client(url, guest.tokens));
    const [victim, ...others] = replicas.all;
    const ask = (n: number) =>
      FollowedReply.ask(clients[n % 3]!, `${n % 10 < 3 ? 'Silent' : 'Chatty'} question ${n}`);
    const followed: FollowedReply[] = [];
    for (let n = 0; n < REPLIES; n += 20)
      followed.push(...(await Promise.all(Array.from({ length: 20 }, (_, more) => ask(n + more)))));
    const [orphans, safe] = [followed.filter((_, n) => n % 3 === 0), followed.filter((_, n) => n % 3 !== 0)];
    const isSilent = ({ question }: FollowedReply) => question.startsWith('Silent');
    await Promise.all(
      followed.filter((reply) => !isSilent(reply)).map((reply) => reply.until(BEGINNING.length)),
    );
    await waitUntil(() => model.calls.length === REPLIES, 'all model calls');

    const killedAt = performance.now();
    await victim!.kill();
    const ids = new Set(orphans.map(({ replyId }) => replyId));
    const isHanging = ({ id, status, attempts }: StoredReply) =>
      ids.has(id) && status === 'pending' && attempts === 1;
    await waitUntil(async () => !(await stored()).some(isHanging), 'no reply hanging', TAKEN_OVER_MS);
    expect(performance.now() - killedAt).toBeLessThan(TAKEN_OVER_MS);

    theRest.open();
    const ends = await Promise.all(orphans.map((reply, n) => reply.toEnd(clients[1 + (n % 2)]!)));
    for (const [n, reply] of orphans.entries()) {
      const expected = isSilent(reply)
        ? { status: 'completed', finishReason: 'stop', content: WHOLE }
        : { status: 'failed', finishReason: 'interrupted', content: BEGINNING };
      expect(ends[n]).toMatchObject(expected);
      expect(reply.text).toBe(ends[n]!.content);
      expect(callsOf(reply)).toBe(isSilent(reply) ? 2 : 1);
    }

    const silent = safe.filter(isSilent);
    for (const { conversationId, replyId } of silent)
      await clients[1]!.post(`/conversations/${conversationId}/messages/${replyId}/cancel`);
    const safeEnds = await Promise.all(safe.map((reply) => reply.toEnd(clients[1]!)));
    for (const [n, reply] of safe.entries()) {
      expect(safeEnds[n]!.content).toBe(isSilent(reply) ? '' : WHOLE);
      expect([reply.text, callsOf(reply), reply.rejoins]).toEqual([safeEnds[n]!.content, 1, 0]);
    }
    const [left] = await replicas.database.query<Record<string, number>>(
      `select (select count(*)::int from messages where role = 'user') as questions,
         (select count(*)::int from generations) as running, (select count(*)::int from reply_chunks) as chunks`,
    );
    expect(left).toEqual({ questions: REPLIES, running: 0, chunks: 0 });
    for (const { output } of others) expect(output).not.toMatch(/"level":"(error|fatal)"/);
  });
});
