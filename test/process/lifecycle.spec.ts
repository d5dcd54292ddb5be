import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePidFile } from '../../src/database/embedded/server-files';
import { Client } from '../support/client';
import { itMeanwhile } from '../support/it-meanwhile';
import { ParleyProcess } from '../support/parley-process';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

/** A folder of somebody who has nothing but Node, and what is started in it. */
class Home {
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-process-'));
  private readonly started: ParleyProcess[] = [];

  constructor() {
    chmodSync(this.folder, 0o755); // as root, Postgres runs as another user
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<ParleyProcess> {
    const parley = await ParleyProcess.start({ DATA_DIR: this.folder, LOG_JSON: 'true', ...environment });
    this.started.push(parley);
    return parley;
  }

  databasePid(): number | null {
    const file = join(this.folder, 'postgres', 'cluster', 'data', 'postmaster.pid');
    return existsSync(file) ? parsePidFile(readFileSync(file, 'utf8'))!.pid : null;
  }

  async leave(): Promise<void> {
    await this.stop();
    if (this.databasePid() !== null) await this.start(); // adopts the database that a killed one left, and so ends it
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async stop(): Promise<void> {
    for (const parley of this.started.splice(0)) {
      parley.signal('SIGTERM');
      await parley.ended;
    }
  }
}

describe('Parley with nothing but Node', () => {
  const homes: Home[] = [];

  afterAll(() => Promise.all(homes.map((home) => home.leave())));

  const newHome = () => {
    const home = new Home();
    homes.push(home);
    return home;
  };

  it('says where everything is, and that the demo model answers', async () => {
    const { output, url } = await newHome().start();
    for (const place of [`${url}/`, `${url}/docs`, `${url}/health`]) {
      expect(output).toContain(place.replace('127.0.0.1', 'localhost'));
    }
    expect(output).toMatch(/demo\/demo, because no key or model is set/);
  });

  it('ends at Ctrl-C with its database and status 0, the signal that npm repeats included', async () => {
    const home = newHome();
    const parley = await home.start();
    expect(home.databasePid()).not.toBeNull();
    parley.signal('SIGINT');
    parley.signal('SIGINT');
    await expect(parley.ended).resolves.toBe(0);
    expect(home.databasePid()).toBeNull();
  });

  it('knows its people and their conversations after a restart', async () => {
    const home = newHome();
    const first = await home.start();
    const ana = await Client.guest(first.url);
    const { id } = await ana.conversation({ title: 'Trip to Oslo' });
    first.signal('SIGTERM');
    await first.ended;
    const second = await home.start();
    const again = new Client(second.url, ana.tokens);
    await expect(again.get(`/conversations/${id}`)).resolves.toMatchObject({ status: 200 });
  });

  itMeanwhile('ends by itself, with the text stored so far, a reply whose process was killed', async () => {
    const [home, model] = [newHome(), await ScriptedModelServer.start()];
    const scripted = { LLM_BASE_URL: model.url, LLM_MODELS: 'scripted' };
    model.answerAll((answer) => {
      answer.text('Oslo is ');
      return answer.hang();
    });
    const first = await home.start(scripted);
    const ana = await Client.guest(first.url);
    const { id } = await ana.conversation();
    const { body } = await ana.post<{ reply: { id: string } }>(
      `/conversations/${id}/messages`,
      { content: 'Where is it cold?' },
      { headers: { Prefer: 'respond-async' } },
    );
    await waitUntil(async () => (await ana.message(id, body.reply.id)).content === 'Oslo is ', 'stored text');
    await first.kill();

    const second = await home.start(scripted);
    const again = new Client(second.url, ana.tokens);
    const ended = await (await again.rejoin(id, body.reply.id, 0)).all();
    expect(ended.map(({ type }) => type)).toEqual(['message.delta', 'message.failed']);
    expect(ended.at(-1)!.data.message).toMatchObject({
      status: 'failed',
      content: 'Oslo is ',
      finishReason: 'interrupted',
      error: { code: 'interrupted' },
    });
    await model.close();
  });
});
