import { Client } from '../support/client';
import { OtlpReceiver, type Span } from '../support/otlp-receiver';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

describe('The traces of a process', () => {
  let collector: OtlpReceiver;
  let model: ScriptedModelServer;
  let replicas: Replicas;
  let output: string;

  /** One process for all: what it has done when it ends is what its collector has. */
  beforeAll(async () => {
    [collector, model] = await Promise.all([OtlpReceiver.start(), ScriptedModelServer.start()]);
    replicas = await Replicas.start(1, {
      env: {
        LLM_BASE_URL: model.url,
        LLM_MODELS: 'scripted',
        LOG_JSON: 'true',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=known%20key',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=trial',
      },
    });
    const parley = replicas.all[0]!;
    const ana = await Client.guest(parley.url);
    const { id } = await ana.conversation();
    const headers = { traceparent: `00-${TRACE}-${CALLER}-01`, 'X-Request-Id': 'known-request' };
    await ana.post(`/conversations/${id}/messages`, { content: 'canary question' }, { headers });
    await ana.get('/conversations?q=canary');
    parley.signal('SIGTERM');
    expect(await parley.ended).toBe(0);
    ({ output } = parley);
  });

  afterAll(async () => {
    await replicas.close();
    await Promise.all([collector.close(), model.close()]);
  });

  const ofCaller = () => collector.spans.filter(({ traceId }) => traceId === TRACE);
  const from = (spans: readonly Span[], library: string) =>
    spans.filter(({ scope }) => scope.endsWith(library));

  it('go from the caller through the database to the model, in one', () => {
    const [request, ...others] = from(ofCaller(), 'http');
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      name: 'POST /api/v1/conversations/:id/messages',
      parentSpanId: CALLER,
      attributes: { 'http.response.status_code': 201, 'parley.request_id': 'known-request' },
    });
    const statements = from(ofCaller(), 'pg').filter(({ name }) => name.startsWith('pg.query')); // and not what opens a connection
    expect(statements.map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/^pg[.]query:insert_exchange/),
    );
    const [call] = from(ofCaller(), 'undici');
    expect(call!.attributes).toMatchObject({ 'url.path': '/v1/chat/completions' });
    const parents = new Set([...statements, call!].map(({ parentSpanId }) => parentSpanId));
    expect([...parents]).toEqual([request!.spanId]);
  });

  it('are handed on to the model', () => {
    const [call] = from(ofCaller(), 'undici');
    expect(model.calls[0]!.headers.traceparent).toBe(`00-${TRACE}-${call!.spanId}-01`);
  });

  it('say whose they are, with the key that the collector wants', () => {
    expect(collector.resources[0]).toMatchObject({
      'service.name': 'parley',
      'deployment.environment.name': 'trial',
    });
    expect(collector.headers[0]!['x-collector-key']).toBe('known key');
  });

  it('hold no text of anybody and no query', () => {
    expect(collector.spans.length).toBeGreaterThan(10);
    expect(JSON.stringify(collector.spans)).not.toContain('canary');
  });

  it('leave out probes and heartbeats', () => {
    const names = collector.spans.map(({ name }) => name);
    expect(names.filter((name) => name.includes('health'))).toEqual([]);
    const roots = collector.spans.filter(({ parentSpanId }) => !parentSpanId);
    expect(from(roots, 'pg')).toEqual([]);
  });

  it('are named in the lines of the log', () => {
    const lines = output.split('\n').filter((line) => line.includes(TRACE));
    const found = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(found.sort()).toEqual([expect.stringMatching(/^POST .* 201$/), 'reply ended']);
  });
});
