import fc from 'fast-check';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import contract from '../../docs/openapi.json';
import { newId } from '../../src/common/ids';
import { Client } from '../support/client';
import { checkAnswer } from '../support/contract';
import { startApp, type RunningApp } from '../support/running-app';
import { ScriptedModelServer } from '../support/scripted-model-server';

const RUNS = 300;
const TIMEOUT_MS = 60_000; // a few seconds, on a machine that has nothing else to do
const SEED = 20_261_121; // the same requests each time

interface AnyRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Uint8Array | null;
}

const visible = fc.string({
  unit: fc.constantFrom(...'abcXYZ019-_.~!$&\'()*+,;=:@%/"<>[]{}|^`#? é'),
  maxLength: 30,
});
const inUrl = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((piece) => encodeURIComponent(piece.toWellFormed())),
  fc.string({ unit: fc.constantFrom(...'%02fFx0a.~-_'), maxLength: 8 }),
);

const headers = fc.record(
  {
    'Content-Type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'x',
      '',
    ),
    'Content-Encoding': fc.constantFrom('gzip', 'identity', 'br', 'x'),
    'X-Request-Id': visible,
    'Last-Event-ID': fc.oneof(fc.nat().map(String), visible),
    Prefer: fc.constantFrom('respond-async', 'wait=0', 'wait=99999999999', 'wait="', ',,', 'x'),
    Accept: fc.constantFrom('text/html', 'text/event-stream', '*/*', 'x'),
    Origin: visible,
    Range: fc.constantFrom('bytes=0-1', 'x'),
    'If-None-Match': fc.constant('x'),
    'X-Forwarded-For': visible,
  },
  { requiredKeys: [] },
);

/** Values of every kind, by names of which most are known to some route. */
const names = fc.constantFrom(
  ...['username', 'password', 'displayName', 'transport', 'refreshToken', 'title', 'model', 'systemPrompt'],
  ...['metadata', 'pinned', 'archived', 'activeLeafId', 'content', 'parentId', 'then', 'length', '__proto__'],
  ...['constructor', 'toString', '', 'messages', 'stream', 'store'],
);

function bodies(ids: readonly string[]): fc.Arbitrary<string | Uint8Array | null> {
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      ...ids,
      'custom/scripted',
      null,
      true,
      0,
      -1,
      1e300,
      '',
      [],
      {},
      'x'.repeat(9000),
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const object = fc.array(fc.tuple(names, value), { maxLength: 5 }).map((members) => {
    const pairs = members.map(([name, member]) => `${JSON.stringify(name)}:${JSON.stringify(member)}`);
    return `{${pairs.join(',')}}`;
  });
  return fc.oneof(
    { weight: 6, arbitrary: object },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    { weight: 2, arbitrary: fc.constant(null) },
  );
}

function requests(ids: readonly string[]): fc.Arbitrary<AnyRequest> {
  const id = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: inUrl });
  const known = fc
    .tuple(fc.constantFrom(...Object.keys(contract.paths)), id, id)
    .map(([path, first, second]) => path.replace('{id}', first).replace(/\{\w+\}/, second));
  const path = fc.oneof(
    { weight: 9, arbitrary: known },
    { weight: 1, arbitrary: fc.array(inUrl, { maxLength: 4 }).map((steps) => `/${steps.join('/')}`) },
  );
  const parameter = fc.tuple(
    fc.constantFrom('limit', 'cursor', 'archived', 'pinned', 'leafId', 'after', 'x'),
    inUrl,
  );
  const query = fc
    .array(parameter, { maxLength: 3 })
    .map((pairs) =>
      pairs.length > 0 ? `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}` : '',
    );
  const method = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS');
  return fc
    .record({ method, path, query, headers, body: bodies(ids) })
    .map(({ query: end, ...rest }) => ({ ...rest, path: rest.path + end }));
}

describe('Any request', () => {
  let parley: RunningApp;
  let model: ScriptedModelServer;
  let ids: string[];
  let tokens: string[];

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    parley = await startApp({ LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', SEND_WAIT_SECONDS: '1' });
    const ana = await Client.guest(parley.url);
    const { id } = await ana.conversation();
    const { message, reply } = await ana.send(id, 'Where is it cold?');
    ids = [id, message.id, reply.id, newId()];
    tokens = [ana.tokens!.accessToken, (await Client.guest(parley.url)).tokens!.accessToken];
  });

  afterAll(async () => {
    await parley.close();
    await model.close();
  });

  /** What would end everything else is asked for by somebody who has nothing. */
  const tokenFor = ({ method, path }: AnyRequest) =>
    method === 'DELETE' || path.includes('logout') ? tokens[1] : tokens[0];

  async function send(sent: AnyRequest) {
    const outgoing = request(parley.url + sent.path, {
      method: sent.method,
      headers: { Authorization: `Bearer ${tokenFor(sent)}`, ...sent.headers },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      outgoing.on('response', resolve).on('error', reject),
    );
    outgoing.end(sent.body ?? undefined);
    const incoming = await answered;
    return { status: incoming.statusCode!, headers: incoming.headers, body: await text(incoming) };
  }

  it(
    'is answered as the contract says, or refused as the path does that, and never breaks the server',
    async () => {
      const property = fc.asyncProperty(requests(ids), async (sent) => {
        const { status, headers: received, body } = await send(sent);
        expect(status).toBeLessThan(500);
        const contentType = received['content-type'] ?? null;
        const path = sent.path.split('?')[0]!;
        const isRead = received.connection !== 'close'; // else it is no request, and has no path
        const isOpenAi = isRead && /^\/v1(\/|$)/i.test(path);
        const isForPeople =
          isRead &&
          ['GET', 'HEAD'].includes(sent.method) &&
          sent.headers.Accept === 'text/html' &&
          !/^\/((api|v1|health)(\/|$)|openapi\.)/i.test(path);
        const ofPrograms = isOpenAi ? 'application/json' : 'application/problem+json';
        const errorType = isForPeople ? 'text/html' : ofPrograms;
        if (status >= 400) expect(contentType).toBe(`${errorType}; charset=utf-8`);
        if (sent.method === 'HEAD') return expect(body).toBe('');
        const parsed: unknown = /[/+]json\b/.test(contentType ?? '') ? JSON.parse(body) : body;
        if (status >= 400 && isOpenAi) expect(parsed).toHaveProperty('error.code');
        else if (status >= 400 && isForPeople)
          expect(parsed).toContain(`Request ${String(received['x-request-id'])}<`);
        else if (status >= 400) expect(parsed).toMatchObject({ status, requestId: received['x-request-id'] });
        if (isRead) checkAnswer({ method: sent.method, path, status, contentType, body: parsed });
      });
      await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
    },
    TIMEOUT_MS,
  );
});
