import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { parsePidFile } from '../../src/database/embedded/server-files';

const SOURCE = join(__dirname, '..', '..', 'src', 'database', 'embedded', 'embedded-postgres.ts');

/** Starts the server, tells its URL, and lives until it is killed or its stdin ends. */
const PROGRAM = `
  const { transformFileSync } = require('@swc/core');
  const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
  require.extensions['.ts'] = (module, path) => module._compile(transformFileSync(path, options).code, path);
  const { startEmbeddedPostgres } = require(process.argv[1]);
  startEmbeddedPostgres(process.argv[2], { fsync: 'off' }).then(({ url }) => process.stdout.write(url));
  process.stdin.resume();
`;

export interface OtherProcess {
  readonly url: string;
  kill(): Promise<void>;
}

/** A folder for servers of one test, and everything that is started in it. */
export class EmbeddedFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'parley-embedded-'));
  private readonly servers: EmbeddedPostgres[] = [];
  private readonly children: ChildProcess[] = [];

  /** `closed` to others: as root, not even the user that Postgres runs as may enter. */
  constructor({ closed = false } = {}) {
    if (!closed) chmodSync(this.path, 0o755);
  }

  get wanted(): string {
    return join(this.path, 'postgres');
  }

  async start(): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres(this.wanted, { fsync: 'off' });
    this.servers.push(server);
    return server;
  }

  /** The same in a process of its own. */
  async startElsewhere(): Promise<OtherProcess> {
    const child = spawn(process.execPath, ['-e', PROGRAM, SOURCE, this.wanted], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.children.push(child);
    const [url] = (await once(child.stdout, 'data')) as [Buffer];
    return { url: url.toString(), kill: () => kill(child) };
  }

  /** The process id of the server that runs on the data. */
  static serverPid({ folder }: EmbeddedPostgres): number {
    const file = parsePidFile(readFileSync(join(folder, 'cluster', 'data', 'postmaster.pid'), 'utf8'));
    if (!file) throw new Error(`There is no server in ${folder}.`);
    return file.pid;
  }

  /** Stops every server that was started here. */
  async stop(): Promise<void> {
    await Promise.all(this.children.map(kill));
    if (this.children.length > 0) await this.start(); // what a killed process has left is adopted, and so stopped
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async remove(): Promise<void> {
    await this.stop();
    for (const folder of [this.path, ...this.servers.map(({ folder }) => folder)]) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
