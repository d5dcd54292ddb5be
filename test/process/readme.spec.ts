import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../support/client';
import { cloneDatabase } from '../support/database';
import { runInShell, snippetsOf } from '../support/doc-snippets';
import { readDocument } from '../support/documents';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { Terminal } from '../support/terminal';
import { faultsOf } from '../support/test-references';

/** By the first line of each block. */
const BLOCKS = new Map(snippetsOf('README.md').map(({ text }) => [text.split('\n')[0]!, text.split('\n')]));

const START = 'npm ci && npm start';
const ASK = 'API=http://localhost:3000/api/v1';
const MODELS = 'OPENAI_API_KEY=sk-... npm start';
const ADMIN = "echo 'a password of your own' | npm run cli -- users:create --username root --role admin";
const DOCTOR = 'npm run cli -- doctor';
const SMOKE = 'PARLEY_URL=http://localhost:3000 npm run test:smoke';

/** They take minutes. `.ci/run` does the same on a clean checkout, by these lines. */
const BY_CI: Readonly<Record<string, readonly string[]>> = {
  'npm ci && npm test': ['check npm ci', 'run_tests npm test -- --coverage'],
  'apt-get install --no-install-recommends chromium-headless-shell': ['run_tests npm run test:browser --'],
};

/** They need a Docker engine or a cluster, which are not here. GitHub has both; and what does their part here: */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'cp .env.example .env   # then set JWT_SECRET, and add a line POSTGRES_PASSWORD=...':
    '`test/repository/pipelines.spec.ts › build, start, test and take down`<br>' +
    '`test/process/caddy.spec.ts › do the whole job`',
  'helm install parley helm/parley --values helm/parley/examples/staging.yaml':
    '`test/chart/platforms.spec.ts › %s lead to %s by HTTPS, with the certificate of a Secret`',
};

describe('README.md', () => {
  afterAll(() => Terminal.closeAll());

  it('has no block of commands that is neither run here nor said to be run elsewhere', () => {
    const known = [
      START,
      ASK,
      MODELS,
      ADMIN,
      DOCTOR,
      SMOKE,
      ...Object.keys(BY_CI),
      ...Object.keys(ELSEWHERE),
    ];
    expect([...BLOCKS.keys()].sort()).toEqual(known.sort());
  });

  it('has nothing that takes minutes but what .ci/run does', () => {
    const lines = readDocument('.ci/run').split('\n');
    expect(lines).toEqual(expect.arrayContaining(Object.values(BY_CI).flat()));
  });

  it('has nothing that needs Docker or a cluster but what is tested in other ways', () => {
    expect(Object.values(ELSEWHERE).flatMap(faultsOf)).toEqual([]);
  });

  describe('gets somebody with nothing but Node', () => {
    let folder: string;
    let terminal: Terminal;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'parley-readme-'));
      chmodSync(folder, 0o755); // as root, Postgres runs as another user
      const [command] = BLOCKS.get(START)!;
      terminal = await Terminal.open(command!.replace('npm ci && ', ''), { DATA_DIR: folder });
    });

    afterAll(() => rmSync(folder, { recursive: true }));

    /** In another terminal. */
    const run = async (block: string) => {
      const text = BLOCKS.get(block)!.join('\n').replaceAll('http://localhost:3000', terminal.url);
      return (await runInShell([text], { DATA_DIR: folder }))[0]!;
    };

    it('a Parley that says where everything is, and has it there', async () => {
      for (const path of ['/', '/docs', '/openapi.json', '/health'])
        expect((await fetch(terminal.url + path)).status).toBe(200);
      for (const path of ['/', '/docs', '/health']) expect(terminal.output).toContain(terminal.url + path);
      expect(existsSync(join(folder, 'postgres'))).toBe(true);
    });

    it('an answer of the demo model, as it is written', async () => {
      const answer = await run(ASK);
      expect(answer).toMatch(/event: message\.created\ndata: .*Hello, who is there\?/);
      expect(answer.match(/event: message\.delta/g)!.length).toBeGreaterThan(20);
      expect(answer).toMatch(/event: message\.completed\ndata: .*"status":"completed".*demo\/demo/);
    });

    it('an administrator, beside the running server', async () => {
      expect(await run(ADMIN)).toMatch(/Made root\.$/);
      const credentials = { username: 'root', password: 'a password of your own' };
      const { body } = await new Client(terminal.url).post<object>('/auth/login', credentials);
      expect(body).toMatchObject({ user: { username: 'root', role: 'admin' } });
    });

    it('a diagnosis', async () => {
      expect(await run(DOCTOR)).toMatch(
        /^ok +configuration: valid$.*^ok +models: .*the demo model answers/ms,
      );
    });

    it('a test of a Parley that runs', async () => {
      const said = await run(SMOKE);
      expect(said).toMatch(/ok: Parley at .* streams an answer to its end/);
      expect(said).not.toContain('FAILED');
    });

    it('an end at Ctrl-C, of the database too, whose data stays', async () => {
      const data = join(folder, 'postgres', 'cluster', 'data');
      expect(existsSync(join(data, 'postmaster.pid'))).toBe(true);
      await terminal.ctrlC();
      expect([join(data, 'postmaster.pid'), data].map(existsSync)).toEqual([false, true]);
    });
  });

  it('gets real models: a known one by its key, any other by its address', async () => {
    const [database, model] = [await cloneDatabase(), await ScriptedModelServer.start()];
    const commands = BLOCKS.get(MODELS)!.map((line) => line.replace('http://localhost:8000/v1', model.url));
    const env = {
      DATABASE_URL: database.url,
      JWT_SECRET: 'a secret that only the tests know, of a good length',
    };
    const terminals = await Promise.all(commands.map((command) => Terminal.open(command, env)));
    try {
      const [known, other] = await Promise.all(terminals.map(({ url }) => Client.guest(url)));
      const { body } = await known!.get<{ default: string }>('/models');
      expect(body.default).toMatch(/^openai\//);
      const { id } = await other!.conversation();
      const { reply } = await other!.send(id, 'Where is it cold?');
      expect(reply).toMatchObject({ model: 'custom/llama', content: 'You said: Where is it cold?' });
    } finally {
      await Promise.all(terminals.map((terminal) => terminal.ctrlC()));
      await model.close();
      await database.drop();
    }
  });
});
