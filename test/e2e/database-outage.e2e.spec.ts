import { aMember, signedInAgain } from '../support/callers';
import type { Client } from '../support/client';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { Listener } from '../support/listener';
import { ownTimeOf } from '../support/own-time';
import { pauseAnswer } from '../support/paused-answer';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { TcpProxy } from '../support/tcp-proxy';
import { waitUntil } from '../support/wait-until';

const SECOND = 1_000;

describe('While the database is away', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    database = await cloneDatabase();
    proxy = await TcpProxy.before(database.url);
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', DATABASE_URL: proxy.url });
    ana = await aMember(parley);
  });
  afterEach(async () => {
    await proxy.restore();
    await waitUntil(async () => (await ana.get('//health/ready')).status === 200, 'Parley being ready');
  });
  afterAll(async () => {
    await parley.close();
    await proxy.close();
    await model.close();
    await database.drop();
  });

  const WAYS: [string, () => Promise<void> | void][] = [
    ['which refuses connections', () => proxy.refuse()],
    ['which no longer answers', () => proxy.freeze()],
  ];

  async function timed<T>(work: Promise<T>): Promise<T & { ms: number }> {
    const [done, ms] = await Promise.all([work, ownTimeOf(work)]);
    return { ...done, ms };
  }

  describe.each(WAYS)('%s', (_, goAway) => {
    it('requests are told so, with a time to come back, within ten seconds', async () => {
      const { id } = await ana.conversation();
      await goAway();
      const path = `/conversations/${id}/messages`;
      const requests = Array.from({ length: 12 }, () => [
        timed(ana.get(`/conversations/${id}`)),
        timed(ana.post(path, { content: 'Hello?' })),
        timed(ana.post(`${path}/stream`, { content: 'Hello?' })),
      ]);
      const answers = await Promise.all(requests.flat());
      for (const { status, body, headers, ms } of answers) {
        expect([status, body.code]).toEqual([503, 'database_unavailable']);
        expect(headers.get('retry-after')).toMatch(/^\d+$/);
        expect(ms).toBeLessThan(10 * SECOND);
      }
    });

    it('readiness says so within five seconds, and liveness answers at once', async () => {
      await goAway();
      const busy = Promise.all(Array.from({ length: 12 }, () => ana.get('/conversations')));
      const [ready, live] = await Promise.all([
        timed(ana.get<{ status: string }>('//health/ready')),
        timed(ana.get<{ status: string }>('//health/live')),
      ]);
      expect([ready.status, ready.body.status]).toEqual([503, 'error']);
      expect(ready.ms).toBeLessThan(5 * SECOND);
      expect([live.status, live.body.status]).toEqual([200, 'ok']);
      expect(live.ms).toBeLessThan(2 * SECOND); // the machine may be busy; the database is not waited for
      await busy;
    });

    it('a reply goes on, and is stored when it is back', async () => {
      const { question, beginning, text, goOn } = pauseAnswer(model);
      const { id } = await ana.conversation();
      const asker = new Listener(await ana.ask(id, question));
      await asker.hears(beginning);
      await goAway();
      goOn();
      await expect(model.calls.find((call) => call.question === question)!.ended).resolves.toBe('answered');
      expect(asker.last!.type).toBe('message.delta');
      await proxy.restore();
      const last = (await asker.done).at(-1)!;
      expect(last.data.message).toMatchObject({ status: 'completed', content: text });
      await expect(ana.message(id, await asker.replyId())).resolves.toEqual(last.data.message);
      expect(model.calls.filter((call) => call.question === question)).toHaveLength(1);
    });
  });

  it('for longer than a lease, no reply is lost', async () => {
    const answers = Array.from({ length: 5 }, () => pauseAnswer(model));
    const askers: Listener[] = [];
    for (const { question, beginning } of answers) {
      const { id } = await ana.conversation();
      const asker = new Listener(await ana.ask(id, question));
      await asker.hears(beginning);
      askers.push(asker);
    }
    await proxy.refuse();
    await database.query(`update generations set lease_until = now() - interval '1 minute'`);
    await proxy.restore();
    const leases = () =>
      database.query(
        `select from generations where lease_until < now() or owner <> (select max(owner::text)::uuid from generations)`,
      );
    await waitUntil(async () => (await leases()).length === 0, 'new leases');
    for (const { goOn } of answers) goOn();
    for (const [n, { done }] of askers.entries())
      expect((await done).at(-1)!.data.message).toMatchObject({
        status: 'completed',
        content: answers[n]!.text,
      });
  });

  it.each(WAYS)('%s, a reply can be followed that has begun before', async (_, goAway) => {
    const { question, beginning, text, goOn } = pauseAnswer(model);
    const { id } = await ana.conversation();
    const asker = new Listener(await ana.ask(id, question));
    await asker.hears(beginning);
    await goAway();
    await proxy.restore();
    await waitUntil(async () => (await ana.get(`/conversations/${id}`)).status === 200, 'an answer');
    const reader = new Listener(await ana.rejoin(id, await asker.replyId(), 0));
    goOn();
    for (const { done } of [asker, reader]) expect((await done).at(-1)!.type).toBe('message.completed');
    expect([asker.text, reader.text]).toEqual([text, text]);
  });

  it('for moments only, what was asked in between is told so, and then all is as before', async () => {
    const { id } = await ana.conversation();
    const statuses = new Set<number>();
    for (let round = 0; round < 10; round++) {
      const asked = Array.from({ length: 10 }, () => ana.get(`/conversations/${id}`));
      proxy.cut();
      for (const { status } of await Promise.all(asked)) statuses.add(status);
      await waitUntil(async () => (await ana.get(`/conversations/${id}`)).status === 200, 'an answer');
    }
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });

  it('on connections that never answer again, one try is enough for new ones to take the place of all', async () => {
    const [first, second] = [await signedInAgain(ana), await signedInAgain(ana)]; // nothing is remembered of either
    await Promise.all(Array.from({ length: 20 }, () => ana.get('/conversations'))); // the pool is full
    proxy.abandon();
    expect(await first.get('/users/me')).toMatchObject({ status: 503 }); // on one of its connections alone
    const answers = await Promise.all(Array.from({ length: 20 }, () => second.get('/conversations')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
