import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, QUERIES } from '../support/chart-queries';
import { Client } from '../support/client';
import { Metrics } from '../support/metrics';
import type { ParleyProcess } from '../support/parley-process';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { SocketClient } from '../support/socket-client';
import { waitUntil } from '../support/wait-until';

const GUIDE = readFileSync(join(__dirname, '..', '..', 'docs', 'observability.md'), 'utf8');

describe('The metrics of a process', () => {
  let replicas: Replicas;
  let parley: ParleyProcess;
  let model: ScriptedModelServer;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    replicas = await Replicas.start(1, { env: { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' } });
    parley = replicas.all[0]!;
    ana = await Client.guest(parley.url);
  });

  afterAll(async () => {
    await replicas.close();
    await model.close();
  });

  const scrape = () => Metrics.scrape(parley.metricsPort);

  it('are on a port of their own, and never on the public one', async () => {
    expect((await scrape()).series.size).toBeGreaterThan(0);
    expect((await fetch(`${parley.url}/metrics`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${parley.metricsPort}/api/v1/models`)).status).toBe(404);
  });

  it('count what is asked, by the pattern of its route, and how long the answer took', async () => {
    const before = await scrape();
    const { id } = await ana.conversation();
    for (let n = 0; n < 2; n++) await ana.get(`/conversations/${id}`);
    await ana.get('/conversations/not-an-id');
    const now = await waitForRequests(before, 4);
    const route = 'method="GET",route="/api/v1/conversations/:id"';
    const gained = (series: string) => now.sum(series) - before.sum(series);
    expect(gained(`parley_http_requests_total{${route},status="200"}`)).toBe(2);
    expect(gained(`parley_http_requests_total{${route},status="404"}`)).toBe(1);
    expect(gained(`parley_http_request_duration_seconds_count{${route}}`)).toBe(3);
    expect([...now.series.keys()].filter((series) => series.includes(id))).toEqual([]);
  });

  it('count each reply once, by its end, with its tokens and the wait for its first one', async () => {
    model.answer('Be cold.', (answer) => answer.refuse(400));
    const before = await scrape();
    const { id } = await ana.conversation();
    await ana.send(id, 'Be warm.');
    await ana.send(id, 'Be cold.');
    const now = await scrape();
    const gained = (series: string) => now.sum(series) - before.sum(series);
    const of = (more = '') => `{model="custom/scripted"${more}`;
    expect(gained(`parley_replies_total${of(',outcome="completed"')}`)).toBe(1);
    expect(gained(`parley_replies_total${of(',outcome="model_failed"')}`)).toBe(1);
    expect(gained(`parley_reply_duration_seconds_count${of()}`)).toBe(2);
    expect(gained(`parley_tokens_total${of(',kind="prompt"')}`)).toBe(9);
    expect(gained(`parley_tokens_total${of(',kind="completion"')}`)).toBe(3);
    expect(gained(`parley_model_calls_total${of(',result="answered"')}`)).toBe(1);
    expect(gained(`parley_model_calls_total${of(',result="model_failed"')}`)).toBe(1);
    expect(gained(`parley_model_first_token_seconds_count${of()}`)).toBe(1);
  });

  it('count the tokens of a call at /v1, too', async () => {
    const before = await scrape();
    const messages = [{ role: 'user', content: 'Be short.' }];
    await ana.post('//v1/chat/completions', { model: 'custom/scripted', messages });
    const tokens = 'parley_tokens_total{model="custom/scripted",kind="completion"}';
    expect((await scrape()).sum(tokens) - before.sum(tokens)).toBe(3);
  });

  it('show the replies, streams and sockets that are open, until they end', async () => {
    model.answer('Wait.', (answer) => {
      answer.text('Well');
      return answer.hang();
    });
    const { id } = await ana.conversation();
    const reading = (await ana.ask(id, 'Wait.')).all();
    const socket = await SocketClient.signedIn(ana);
    const open = ['parley_replies_running', 'parley_http_requests_open{kind="event_stream"}'];
    const all = [...open, 'parley_model_slots{state="running"}', 'parley_websockets_open'];
    const values = async () => {
      const now = await scrape();
      return all.map((series) => now.sum(series));
    };
    await waitUntil(async () => (await values()).every((value) => value === 1), 'one of each');
    await socket.close();
    const refused = await ana.post(`/conversations/${id}/messages`, { content: 'And?' });
    await ana.post(`/conversations/${id}/messages/${refused.body.replyId}/cancel`);
    await reading;
    await waitUntil(async () => (await values()).every((value) => value === 0), 'none of them');
    const route = 'method="POST",route="/api/v1/conversations/:id/messages/stream"';
    expect((await scrape()).sum(`parley_http_requests_total{${route}`)).toBe(1);
    expect((await scrape()).sum(`parley_http_request_duration_seconds_count{${route}`)).toBe(0);
  });

  it('are explained in the guide, all that are ours and no others', async () => {
    const named = [...GUIDE.matchAll(/^\| `(parley_\w+)`/gm)].map(([, name]) => name!);
    const served = [...(await scrape()).types.keys()].filter((name) => name.startsWith('parley_'));
    expect(named.sort()).toEqual(served.sort());
  });

  it.each(Object.entries(QUERIES))('are all that %s ask for', async (_, queries) => {
    const served = (await scrape()).names;
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) for (const name of namesIn(query)) expect(served).toContain(name);
  });

  it('are done without, with a word of warning, where a development server finds the port taken', async () => {
    const other = await replicas.add({ METRICS_PORT: String(parley.metricsPort) });
    expect(other.output).toMatch(/METRICS_PORT .*EADDRINUSE/);
  });

  it('are worth no start without them in production', async () => {
    const env = { METRICS_PORT: String(parley.metricsPort), NODE_ENV: 'production' };
    const other = replicas.launch(env);
    expect(await other.ended).toBe(1);
    expect(other.output).toMatch(/did not start.*METRICS_PORT/);
  });

  /** The last bytes of an answer are read before its request is counted. */
  async function waitForRequests(before: Metrics, count: number): Promise<Metrics> {
    const total = 'parley_http_requests_total';
    let now = before;
    await waitUntil(async () => {
      now = await scrape();
      return now.sum(total) - before.sum(total) === count;
    }, `${count} requests`);
    return now;
  }
});
