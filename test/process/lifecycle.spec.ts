import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePidFile } from '../../src/database/embedded/server-files';
import { Client } from '../support/client';
import { ParleyProcess } from '../support/parley-process';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

describe('Parley with nothing but Node', () => {
  let folder: string;
  let model: ScriptedModelServer;
  const started: ParleyProcess[] = [];

  const start = async (environment: Readonly<Record<string, string>> = {}) => {
    const parley = await ParleyProcess.start({ DATA_DIR: folder, LOG_JSON: 'true', ...environment });
    started.push(parley);
    return parley;
  };
  const databasePid = () => {
    const file = join(folder, 'postgres', 'cluster', 'data', 'postmaster.pid');
    return existsSync(file) ? parsePidFile(readFileSync(file, 'utf8'))!.pid : null;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-process-'));
    chmodSync(folder, 0o755); // as root, Postgres runs as another user
    model = await ScriptedModelServer.start();
  });

  afterEach(async () => {
    for (const parley of started.splice(0)) await parley.kill();
    if (databasePid() !== null) {
      const last = await start(); // adopts the database that a killed one left, and so ends it
      last.signal('SIGTERM');
      await last.ended;
    }
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says where everything is, and that the demo model answers', async () => {
    const { output, url } = await start();
    for (const place of [`${url}/`, `${url}/docs`, `${url}/health`]) {
      expect(output).toContain(place.replace('127.0.0.1', 'localhost'));
    }
    expect(output).toMatch(/demo\/demo, because no key or model is set/);
  });

  it('ends at Ctrl-C with its database and status 0, the signal that npm repeats included', async () => {
    const parley = await start();
    expect(databasePid()).not.toBeNull();
    parley.signal('SIGINT');
    parley.signal('SIGINT');
    await expect(parley.ended).resolves.toBe(0);
    expect(databasePid()).toBeNull();
  });

  it('knows its people and their conversations after a restart', async () => {
    const first = await start();
    const ana = await Client.guest(first.url);
    const { id } = await ana.conversation({ title: 'Trip to Oslo' });
    first.signal('SIGTERM');
    await first.ended;
    const second = await start();
    const again = new Client(second.url, ana.tokens);
    await expect(again.get(`/conversations/${id}`)).resolves.toMatchObject({ status: 200 });
  });

  it('ends by itself, with the text stored so far, a reply whose process was killed', async () => {
    const scripted = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' };
    model.answerAll((answer) => {
      answer.text('Oslo is ');
      return answer.hang();
    });
    const first = await start(scripted);
    const ana = await Client.guest(first.url);
    const { id } = await ana.conversation();
    const { body } = await ana.post<{ reply: { id: string } }>(
      `/conversations/${id}/messages`,
      { content: 'Where is it cold?' },
      { headers: { Prefer: 'respond-async' } },
    );
    await waitUntil(async () => (await ana.message(id, body.reply.id)).content === 'Oslo is ', 'stored text');
    await first.kill();

    const second = await start(scripted);
    const again = new Client(second.url, ana.tokens);
    const ended = await (await again.rejoin(id, body.reply.id, 0)).all();
    expect(ended.map(({ type }) => type)).toEqual(['message.delta', 'message.failed']);
    expect(ended.at(-1)!.data.message).toMatchObject({
      status: 'failed',
      content: 'Oslo is ',
      finishReason: 'interrupted',
      error: { code: 'interrupted' },
    });
  });
});
