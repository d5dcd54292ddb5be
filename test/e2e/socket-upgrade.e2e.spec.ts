import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { aMember } from '../support/callers';
import { Client, type ProblemBody } from '../support/client';
import { expectProblem } from '../support/problem';
import { openSocket, parseAnswer, sendRaw } from '../support/raw-http';
import { startApp, type RunningApp } from '../support/running-app';
import { SocketClient } from '../support/socket-client';

const PATH = '/api/v1/ws';
const HANDSHAKE = [
  'Host: parley',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

describe('The path of the sockets', () => {
  let parley: RunningApp;

  beforeAll(async () => (parley = await startApp()));
  afterAll(() => parley.close());

  const ask = async (...lines: readonly string[]) => parseAnswer(await sendRaw(parley.url, ...lines, '', ''));

  it('becomes a socket on request, and the answer carries its id', async () => {
    const socket = openSocket(parley.url);
    socket.write([`GET ${PATH} HTTP/1.1`, ...HANDSHAKE, 'X-Request-Id: mine', '', ''].join('\r\n'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer.toString()).toMatch(/\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    expect(answer.toString()).toMatch(/\r\nX-Request-Id: mine\r\n/);
  });

  it('answers a plain GET with a problem', async () => {
    const answer = await new Client(parley.url).get('/ws');
    expectProblem(answer, 400, 'malformed_request');
    expect(answer.headers.get('upgrade')).toBe('websocket');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['POST', 'PUT', 'DELETE'])('does not take %s', async (method) => {
    const answer = await new Client(parley.url).call<ProblemBody>(method, '/ws');
    expectProblem(answer, 405, 'method_not_allowed');
  });

  const without = (name: string) => HANDSHAKE.filter((line) => !line.startsWith(name));

  it.each([
    ['without a key', without('Sec-WebSocket-Key')],
    ['with a key that is none', [...without('Sec-WebSocket-Key'), 'Sec-WebSocket-Key: nonsense']],
    ['without a version', without('Sec-WebSocket-Version')],
    ['of another version', [...without('Sec-WebSocket-Version'), 'Sec-WebSocket-Version: 12']],
    ['with a broken protocol list', [...HANDSHAKE, 'Sec-WebSocket-Protocol: ,,']],
  ])('answers a handshake %s with a problem, and closes', async (_how, lines) => {
    const answer = await ask(`GET ${PATH} HTTP/1.1`, ...lines);
    expectProblem(answer, 400, 'malformed_request');
    expect(answer.headers.get('sec-websocket-version')).toBe('13');
  });

  it('takes no token in the query, where logs would have it', async () => {
    const answer = await ask(`GET ${PATH}?token=secret HTTP/1.1`, ...HANDSHAKE);
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.body.errors).toMatchObject([{ path: 'query.token', code: 'unknown_field' }]);
  });

  it.each(['/', '/api/v1/wss', '/api/v1/ws/x', '/nowhere'])(
    'is one alone: a handshake at %s is answered, not kept waiting',
    async (path) => {
      const received = await sendRaw(parley.url, `GET ${path} HTTP/1.1`, ...HANDSHAKE, '', '');
      expect(received).toMatch(path === '/' ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 404 /);
      if (path !== '/') expectProblem(parseAnswer(received), 404, 'not_found');
    },
  );

  it('is on a server that passes other wishes for an upgrade over, bodies and all', async () => {
    const ana = await aMember(parley);
    const body = JSON.stringify({ title: 'Ähm, '.repeat(20) });
    const request = httpRequest(`${parley.url}/api/v1/conversations`, {
      method: 'POST',
      headers: {
        ...{ Authorization: `Bearer ${ana.tokens!.accessToken}`, 'Content-Type': 'application/json' },
        ...{ Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAEAAEAAAAIAAAAA' },
        'Content-Length': Buffer.byteLength(body),
      },
    });
    request.write(body.slice(0, 50));
    setImmediate(() => request.end(body.slice(50)));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(201);
    expect(response.headers.connection).toBe('keep-alive');
    response.destroy();
  });

  it('closes 1009 on a frame of more than 100 KB, and takes one of just that', async () => {
    const socket = await SocketClient.signedIn(await aMember(parley));
    const frame = { type: 'ping', requestId: 'x' };
    const padding = 100 * 1024 - JSON.stringify(frame).length;
    socket.socket.send(JSON.stringify(frame) + ' '.repeat(padding));
    await socket.frame(({ type }) => type === 'pong', 'pong');
    socket.socket.send(JSON.stringify(frame) + ' '.repeat(padding + 1));
    expect((await socket.closed).code).toBe(1009);
  });
});
