import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Caddy, describeWithCaddy } from '../support/caddy';
import { Client } from '../support/client';
import { newGate } from '../support/gate';
import { Replicas } from '../support/replicas';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { smoke } from '../support/smoke';

describeWithCaddy('Three replicas behind the Caddy of docker-compose.yml', () => {
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let caddy: Caddy;
  let ana: Client;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    const env = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted', TRUST_PROXY: '1' };
    replicas = await Replicas.start(3, { env });
    caddy = await Caddy.start(replicas.all.map(({ port }) => `127.0.0.1:${port}`));
    ana = await Client.guest(replicas.urls[0]!);
  });

  afterAll(async () => {
    await caddy.stop();
    await replicas.close();
    await model.close();
  });

  const authorization = () => ({ authorization: `Bearer ${ana.tokens!.accessToken}` });

  it('do the whole job', async () => {
    expect(await smoke({ PARLEY_URL: caddy.url, NODE_EXTRA_CA_CERTS: caddy.certificate })).toEqual({
      status: 0,
      failures: '',
    });
  });

  it('answer compressed', async () => {
    const page = await caddy.ask('GET', '/openapi.json', { headers: { 'accept-encoding': 'gzip' } });
    expect(page.headers['content-encoding']).toBe('gzip');
    const contract = JSON.parse(await text(page.pipe(createGunzip()))) as { openapi: string };
    expect(contract.openapi).toMatch(/^3/);
  });

  it('stream word by word, also to a client that takes compressed answers', async () => {
    const gate = newGate();
    model.answer('Slowly?', async (answer) => {
      answer.text('One');
      await gate.opened;
      answer.text(' two');
      answer.finish();
      answer.done();
    });
    const { id } = await ana.conversation();
    const path = `/api/v1/conversations/${id}/messages/stream`;
    const headers = { ...authorization(), 'accept-encoding': 'gzip, zstd' };
    const stream = await caddy.ask('POST', path, { headers, body: { content: 'Slowly?' } });
    expect(stream.headers['content-encoding']).toBeUndefined();
    await untilText(stream, '"delta":"One"');
    gate.open();
    await untilText(stream, 'message.completed');
  });

  it('take WebSockets', async () => {
    const url = `${caddy.url.replace('https:', 'wss:')}/api/v1/ws`;
    const socket = new WebSocket(url, { ca: readFileSync(caddy.certificate) });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'auth', token: ana.tokens!.accessToken }));
    const [frame] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(frame.toString())).toMatchObject({ type: 'ready' });
    socket.close();
  });

  it('see who calls, and not the proxy', async () => {
    const from = '127.0.0.2'; // all of 127/8 is this machine
    const forged = { 'x-forwarded-for': '203.0.113.9' };
    const made = await caddy.ask('POST', '/api/v1/auth/guest', { headers: forged, body: {}, from });
    const tokens = JSON.parse(await text(made)) as { accessToken: string };
    const headers = { authorization: `Bearer ${tokens.accessToken}` };
    const answer = await caddy.ask('GET', '/api/v1/auth/sessions', { headers });
    const { data } = JSON.parse(await text(answer)) as { data: { ip: string }[] };
    expect(data.map(({ ip }) => ip)).toEqual([from]);
  });

  it('answer on, without a failure, when one of them dies', async () => {
    await replicas.all[2]!.kill();
    const statuses = new Set<number>();
    for (let n = 0; n < 12; n++) {
      const answer = await caddy.ask('GET', '/api/v1/models', { headers: authorization() });
      answer.resume();
      statuses.add(answer.statusCode!);
    }
    expect([...statuses]).toEqual([200]);
  });
});

/** Reads on until this has come; what is behind it waits. */
async function untilText(stream: IncomingMessage, wanted: string): Promise<void> {
  let seen = '';
  while (!seen.includes(wanted)) {
    const piece = stream.read() as Buffer | null;
    if (piece) seen += piece.toString();
    else await once(stream, 'readable');
  }
}
