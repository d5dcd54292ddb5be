import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Client } from '../support/client';
import { openSocket } from '../support/raw-http';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import { SocketClient } from '../support/socket-client';

const HANDSHAKE = [
  'GET /api/v1/ws HTTP/1.1',
  'Host: parley',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** Everything that comes until the server ends the connection. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  await once(socket, 'close');
  return text;
}

/** A small frame as a client sends it, masked with nothing. */
function frameOf(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), Buffer.alloc(4), Buffer.from(text)]);
}

describe('A socket that is abused', () => {
  let parley: RunningApp;

  beforeAll(async () => ({ parley } = await startScriptedApp()));
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => parley.close());

  it.each(['{"type":"ping"}', '{}', ''])('with thousands of frames of %j at once is closed', async (text) => {
    const client = await SocketClient.signedIn(await Client.guest(parley.url));
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now); // all within a second, however long it takes to read them
    const { _socket: tcp } = client.socket as unknown as { readonly _socket: Socket };
    tcp.write(Buffer.concat(Array.from({ length: 4_000 }, () => frameOf(text))));
    await expect(client.closed).resolves.toEqual({ code: 4429, reason: 'rate_limited' });
    expect(client.frames.length).toBeLessThanOrEqual(501); // ready, and no more than a second's worth
  });

  it('with a frame in crumbs is closed', async () => {
    const socket = openSocket(parley.url).setNoDelay(true);
    socket.write([...HANDSHAKE, '', ''].join('\r\n'));
    await once(socket, 'data');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined).resume();
    socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0x8f, 0xff, 0, 0, 0, 0])); // 102,399 bytes are to follow
    for (let sent = 0; sent < 20_000 && !socket.destroyed; sent++) {
      socket.write('x');
      await new Promise(setImmediate); // else they would travel together
    }
    await closed;
  });

  it('with a token that falls apart is closed as with any wrong one; over HTTP it is refused so', async () => {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const token = `${part('{"alg":"HS256","typ":"JWT"}')}.${part('x')}.${part('sig')}`;
    const client = await SocketClient.open(parley.url);
    client.say({ type: 'auth', token });
    await expect(client.closed).resolves.toEqual({ code: 4401, reason: 'unauthenticated' });
    const answer = await new Client(parley.url).get('/users/me', {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });
});

describe('A request that wishes for an upgrade', () => {
  let parley: RunningApp;

  beforeAll(async () => ({ parley } = await startScriptedApp()));
  afterAll(() => parley.close());

  it('is one request, however many headers it has', async () => {
    const inside = 'GET /api/v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const socket = openSocket(parley.url);
    socket.write(
      [
        ...['GET /health/live HTTP/1.1', 'Host: x', 'Connection: Upgrade, close', 'Upgrade: h2c'],
        ...Array.from({ length: 3_000 }, () => 'a:'),
        ...[`Content-Length: ${inside.length}`, '', inside],
      ].join('\r\n'),
    );
    expect((await received(socket)).match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 415']); // for the body, which is no JSON
  });
});
