import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findAccount, giveTo } from '../../src/database/embedded/run-as';
import { freePort } from './parley-process';
import { waitUntil } from './wait-until';

// Debian has it in a folder that not everybody's PATH names.
const PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].join(delimiter);

const { skip } = describe;

/** As `describe`. Where there is no PgBouncer, the tests are left out and say so; but CI has to have it, and fails without. */
export function describeWithPgBouncer(title: string, tests: () => void): void {
  const found = spawnSync('pgbouncer', ['--version'], { env: { PATH } }).status === 0;
  if (found || process.env.CI === 'true') describe(title, tests);
  else skip(`${title} (not tried: there is no pgbouncer here)`, tests);
}

/** A PgBouncer in transaction mode before the server of a database, with three connections to it and no more. */
export class PgBouncer {
  static readonly poolSize = 3;
  /** What the database's URL is through the pooler. */
  readonly url: string;
  /** Everything it has printed. */
  output = '';
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
    databaseUrl: string,
  ) {
    this.url = Object.assign(new URL(databaseUrl), { port }).href;
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = once(child, 'exit').catch(() => undefined); // that it is not there, `listens` tells
  }

  /** @throws Error with what it said, where it does not start. */
  static async start(databaseUrl: string): Promise<PgBouncer> {
    const account = process.getuid?.() === 0 ? findAccount(readFileSync('/etc/passwd', 'utf8')) : null;
    const folder = mkdtempSync(join(tmpdir(), 'parley-pgbouncer-'));
    const port = freePort();
    const settings = writeSettings(folder, port, new URL(databaseUrl));
    giveTo(account, folder, ...settings); // it refuses to run as root
    const child = spawn('pgbouncer', [settings[0]], {
      ...account,
      cwd: folder,
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const bouncer = new PgBouncer(child, folder, port, databaseUrl);
    try {
      await waitUntil(() => bouncer.listens(), 'a PgBouncer that listens');
      return bouncer;
    } catch (error) {
      await bouncer.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async listens(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`PgBouncer ended: ${this.output}`);
    if (this.child.pid === undefined)
      throw new Error('There is no pgbouncer here. Debian has it as a package.');
    const socket = createConnection(this.port, '127.0.0.1');
    try {
      return await once(socket, 'connect').then(
        () => true,
        () => false,
      );
    } finally {
      socket.destroy();
    }
  }
}

function writeSettings(folder: string, port: number, { hostname, port: server, username, password }: URL) {
  const [file, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')] as const;
  const settings = [
    '[databases]',
    `* = host=${hostname} port=${server}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    `default_pool_size = ${PgBouncer.poolSize}`,
    'max_client_conn = 200',
  ];
  writeFileSync(file, settings.join('\n') + '\n');
  writeFileSync(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  for (const path of [file, users]) chmodSync(path, 0o600);
  return [file, users] as const;
}
