import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firing, type Course } from '../support/alerting';
import { ALERTS, asRules, QUERIES } from '../support/chart-queries';
import { Client } from '../support/client';
import { newGate } from '../support/gate';
import { Metrics } from '../support/metrics';
import type { ParleyProcess } from '../support/parley-process';
import { describeWithPromtool, promtool } from '../support/promtool';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { TcpProxy } from '../support/tcp-proxy';
import { waitUntil } from '../support/wait-until';

const RUNBOOK = readFileSync(join(__dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');
const NAMES = ALERTS.rules.map(({ alert }) => alert);

const later = { headers: { Prefer: 'respond-async' } };
/** More than ParleyFirstTokenSlow allows. */
const SLOW_MS = 11_000;
/** What holds the event loop up, a garbage collection of a process that has too little memory, say. */
const PAUSE_MS = 600;
/** What ParleyEventLoopSlow allows. */
const ALLOWED_LAG_SECONDS = 0.25;
/** Node looks at its event loop every 10 ms, and begins anew with each scrape. */
const TICK_MS = 50;

describeWithPromtool('The rules and the dashboard of the chart', () => {
  it.each(Object.entries(QUERIES))('ask in words that Prometheus knows: %s', (_, queries) => {
    expect(promtool(['check', 'rules', 'rules.yaml'], { 'rules.yaml': asRules(queries) })).toBe('');
  });

  it('are not held to be well where they are not', () => {
    expect(promtool(['check', 'rules', 'rules.yaml'], { 'rules.yaml': asRules(['sum by (']) })).not.toBe('');
  });
});

describeWithPromtool('An alert', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let proxy: TcpProxy;
  /** What the processes told before and after each fault. */
  const courses = new Map<string, Course[]>();
  /** Failures that nobody has met. */
  let shown: Course[];

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    const env = {
      LLM_BASE_URL: model.url,
      LLM_MODELS: 'scripted',
      LLM_BREAKER_RESET: '10m',
      LLM_MAX_CALLS: '1',
    };
    replicas = await Replicas.start(0, { env });
    proxy = await TcpProxy.before(replicas.database.url);
    const [database, models, dying] = await Promise.all([
      replicas.add({ DATABASE_URL: proxy.url, DATABASE_POOL: '2' }),
      replicas.add(),
      replicas.add(),
    ]);
    await Promise.all([loseDatabase(database), loseModel(models, () => loseReplica(models, dying))]);
  });

  afterAll(async () => {
    await replicas.close();
    await proxy.close();
    await model.close();
  });

  it.each(NAMES)('%s fires once its fault has been caused, and not before', (alert) => {
    expect(firing(ALERTS.file, alert, courses.get(alert)!)).toEqual({ well: false, ill: true });
  });

  it('ParleyServerErrors says nothing of an error page that is shown on request, nor of probes', () => {
    expect(firing(ALERTS.file, 'ParleyServerErrors', shown)).toEqual({ well: false, ill: false });
  });

  it.each(NAMES)('%s has a page in the runbook', (alert) => {
    expect(RUNBOOK).toContain(`\n## ${alert}\n`);
  });

  /** A network that drops everything between one process and its database; then the process is held up, and then it is killed. */
  async function loseDatabase(parley: ParleyProcess): Promise<void> {
    const ana = await Client.guest(parley.url);
    const well = await scrapeWarm(parley, ana);
    const note = (alert: string, ill: Metrics | null) => courses.set(alert, [{ well, ill, again: true }]);
    proxy.freeze();
    await waitUntil(async () => (await lagOf(parley)) > 5, 'a late heartbeat');
    for (let n = 0; n < 9; n++) expect((await ana.get('//errors/500')).status).toBe(500);
    expect((await ana.get('//health/ready')).status).toBe(503);
    shown = [{ well, ill: await scrape(parley), again: true }];
    const asked: Promise<unknown>[] = [];
    await waitUntil(async () => {
      asked.push(...Array.from({ length: 8 }, () => ana.post('/auth/guest'))); // they wait for three seconds only
      const ill = await scrape(parley);
      if (ill.sum('parley_database_waiting') === 0) return false;
      note('ParleyDatabasePoolFull', ill);
      note('ParleyHeartbeatLate', ill);
      return true;
    }, 'statements that wait');
    await Promise.all(asked);
    note('ParleyServerErrors', await scrape(parley));
    await sleep(TICK_MS);
    parley.signal('SIGSTOP');
    await sleep(PAUSE_MS);
    parley.signal('SIGCONT');
    await ana.get('//health/live');
    await sleep(TICK_MS);
    note('ParleyEventLoopSlow', await scrape(parley));
    await parley.kill();
    note('ParleyAbsent', null);
  }

  /** A model that is slow, with others waiting behind it, and one that then refuses. */
  async function loseModel(parley: ParleyProcess, meanwhile: () => Promise<void>): Promise<void> {
    model.answer('Slow?', async (answer, { question }) => {
      await sleep(SLOW_MS);
      answer.whole(question);
    });
    model.answer('Broken?', (answer) => answer.refuse(401));
    const ana = await Client.guest(parley.url);
    const well = await scrapeWarm(parley, ana);
    const note = async (alert: string) =>
      void courses.set(alert, [{ well, ill: await scrape(parley), again: true }]);
    const ask = async (content: string, options = {}) =>
      ana.post(`/conversations/${(await ana.conversation()).id}/messages`, { content }, options);
    const slow = ask('Slow?');
    await waitUntil(
      () => Promise.resolve(model.calls.some(({ question }) => question === 'Slow?')),
      'a call',
    );
    await ask('Next?', later);
    await note('ParleyModelSlotsFull');
    await meanwhile();
    await slow;
    await note('ParleyFirstTokenSlow');
    for (let n = 0; n < 5; n++) await ask('Broken?');
    for (const alert of ['ParleyRepliesFailing', 'ParleyProviderOutOfOrder']) await note(alert);
  }

  /** kill -9 of a process in the middle of a reply that somebody has read of. */
  async function loseReplica(parley: ParleyProcess, dying: ParleyProcess): Promise<void> {
    const gate = newGate();
    model.answer('Long?', async (answer) => {
      answer.text('Well');
      await gate.opened;
    });
    const ben = await Client.guest(dying.url);
    const well = await scrape(parley);
    const stream = await ben.ask((await ben.conversation()).id, 'Long?');
    await stream.until((_, text) => text === 'Well');
    await dying.kill();
    gate.open();
    const ended = 'parley_lease_takeovers_total{how="ended"}';
    await waitUntil(async () => (await scrape(parley)).sum(ended) === 1, 'a takeover');
    courses.set('ParleyRepliesInterrupted', [{ well, ill: await scrape(parley), again: false }]);
  }

  const scrape = ({ metricsPort }: ParleyProcess) => Metrics.scrape(metricsPort);
  const lagOf = async (parley: ParleyProcess) => (await scrape(parley)).sum('parley_heartbeat_lag_seconds');

  /** After a reply and requests that went well. Each scrape clears what a start, or the tests beside it, left in the event loop's figures. */
  async function scrapeWarm(parley: ParleyProcess, ana: Client): Promise<Metrics> {
    await ana.send((await ana.conversation()).id, 'Hi?');
    return waitUntil(async () => {
      await ana.get('/users/me');
      const well = await scrape(parley);
      return well.sum('nodejs_eventloop_lag_p99_seconds') <= ALLOWED_LAG_SECONDS ? well : null;
    }, 'an event loop that keeps up');
  }
});
