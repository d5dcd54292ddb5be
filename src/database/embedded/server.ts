import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Binaries } from './binaries';
import { giveTo, runAs, type Home } from './run-as';
import { findServer } from './server-files';

/** Names and values of postgresql.conf; the values are plain words. */
export type ServerSettings = Readonly<Record<string, string>>;

export interface Cluster extends Home {
  readonly binaries: Binaries;
  /** Holds `data` and `password`, and is there as a whole or not at all. */
  readonly path: string;
  readonly data: string;
  readonly password: string;
}

export const PATIENCE_SECONDS = 60;
const PORT_TRIES = 10;

// Postgres's own locale sorts alike everywhere and for ever; full-text search needs the system's to tell letters.
const CHARACTERS = { win32: 'C', darwin: 'en_US.UTF-8' }[process.platform as string] ?? 'C.UTF-8';
const LOCALE = `--locale=C --lc-ctype=${CHARACTERS} --locale-provider=builtin --builtin-locale=C.UTF-8`;
const INITDB_FLAGS = `-U parley -A scram-sha-256 -E UTF8 --no-instructions ${LOCALE}`.split(' ');

/** Made aside and moved into place as a whole, password included: a killed initdb leaves nothing half done. */
export async function createCluster(cluster: Cluster, { fsync }: ServerSettings): Promise<void> {
  for (const name of readdirSync(cluster.folder).filter((entry) => entry.startsWith('init-'))) {
    rmSync(join(cluster.folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const draft = mkdtempSync(join(cluster.folder, 'init-'));
  const password = join(draft, 'password');
  writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  giveTo(cluster.account, draft, password);
  const flags = [...INITDB_FLAGS, `--pwfile=${password}`, ...(fsync === 'off' ? ['--no-sync'] : [])];
  await runAs(cluster, cluster.binaries.initdb, ['-D', join(draft, 'data'), ...flags]);
  renameSync(draft, cluster.path);
}

/** The port of a new server. One that was free a moment ago may be taken by now, hence several tries. */
export async function launch(cluster: Cluster, settings: ServerSettings): Promise<number> {
  const log = join(cluster.data, 'server.log');
  // A terse log leaves out the values of a row that a constraint refused.
  const fixed = { listen_addresses: '127.0.0.1', unix_socket_directories: '', log_error_verbosity: 'terse' };
  const given = Object.entries({ ...settings, ...fixed }).map(([name, value]) => `-c ${name}=${value}`);
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const options = [`-p ${port}`, ...given].join(' ');
    const limit = ['-w', '-t', String(PATIENCE_SECONDS)];
    const failure = await pgCtl(cluster, 'start', ...limit, '-l', log, '-o', options);
    if (!failure) return port;
    if (tries === PORT_TRIES)
      throw new Error(`Postgres did not start. ${lastLines(log)}`, { cause: failure });
    await wait(100);
  }
}

/** Null, or why it failed. */
function pgCtl({ binaries, data, ...home }: Cluster, ...args: string[]): Promise<unknown> {
  return runAs(home, binaries.pgCtl, [...args, '-D', data, '-s']).then(
    () => null,
    (error: unknown) => error,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function lastLines(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
}

/** Without pg_ctl's own wait, which takes a zombie for a server that still runs. */
export async function shutDown(cluster: Cluster): Promise<void> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  const failure = await pgCtl(cluster, 'stop', '-m', 'fast', '-W');
  while (findServer(cluster.data)) {
    if (failure || Date.now() > deadline) {
      throw new Error(`Postgres does not stop: ${cluster.data}`, { cause: failure });
    }
    await wait(20);
  }
}
