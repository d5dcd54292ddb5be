import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client } from '../support/client';
import { freePort } from '../support/parley-process';
import { Replicas } from '../support/replicas';
import { smoke } from '../support/smoke';

const ACCOUNT = { username: 'smoke', password: 'quartz lemon bridge' };

describe('The smoke test', () => {
  let replicas: Replicas;
  let url: string;

  beforeAll(async () => {
    replicas = await Replicas.start(1);
    url = replicas.urls[0]!;
    await Client.member(url, ACCOUNT.username, ACCOUNT.password);
  });

  afterAll(() => replicas.close());

  const rows = async (table: string) => (await replicas.database.query(`select from ${table}`)).length;

  it('passes as a guest, and leaves nothing behind', async () => {
    expect(await smoke({ PARLEY_URL: url })).toEqual({ status: 0, failures: '' });
    const guests = await replicas.database.query(
      `select from users where kind = 'guest' and erased_at is null`,
    );
    expect([guests.length, await rows('conversations'), await rows('messages')]).toEqual([0, 0, 0]);
  });

  it('passes with an account, which it leaves as it was', async () => {
    const account = { PARLEY_USERNAME: ACCOUNT.username, PARLEY_PASSWORD: ACCOUNT.password };
    expect(await smoke({ PARLEY_URL: url, ...account })).toEqual({ status: 0, failures: '' });
    expect(await rows('conversations')).toBe(0);
    const again = await new Client(url).post('/auth/login', ACCOUNT);
    expect(again.status).toBe(200);
  });

  it.each<[string, RegExp, Interference]>([
    ['is not ready', /is healthy/, [/^\/health/, (answer) => answer.writeHead(503).end('{}')]],
    ['has no page', /serves the page/, [/^\/$/, (answer) => answer.writeHead(404).end()]],
    ['cuts its streams', /streams an answer/, [/\/stream$/, cut]],
    ['forgets', /keeps question and answer/, [/\/messages$/, (answer) => answer.end('{"data": []}')]],
  ])('fails, and says at what, where Parley %s', async (_, what, interference) => {
    const broken = await interfere(url, interference);
    try {
      const { status, failures } = await smoke({ PARLEY_URL: addressOf(broken) });
      expect(status).toBe(1);
      expect(failures).toMatch(what);
      expect(failures.trim().split('\n')).toHaveLength(1);
    } finally {
      broken.closeAllConnections();
      broken.close();
    }
  });

  it('fails where there is nothing', async () => {
    const { status, failures } = await smoke({ PARLEY_URL: `http://127.0.0.1:${freePort()}` });
    expect([status, failures]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
  });
});

/** Which paths are answered in Parley's place, and how. */
type Interference = readonly [RegExp, (answer: ServerResponse) => void];

/** Parley, but for one thing. */
async function interfere(url: string, [path, instead]: Interference): Promise<Server> {
  const server = createServer((request, response) => {
    const isOurs = path.test(request.url!.split('?')[0]!);
    if (isOurs) return instead(response);
    void pass(url, request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

async function pass(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { authorization, 'content-type': contentType } = request.headers;
  const answer = await fetch(url + request.url, {
    method: request.method,
    body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
    headers: { ...(authorization && { authorization }), ...(contentType && { 'content-type': contentType }) },
  });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}

function cut(answer: ServerResponse): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  answer.end('event: message.delta\ndata: {"delta":"Os"}\n\n');
}

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
