import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { findBinaries } from './binaries';
import { findHome } from './run-as';
import {
  createCluster,
  launch,
  PATIENCE_SECONDS,
  shutDown,
  type Cluster,
  type ServerSettings,
} from './server';
import { enlist, findServer, withLock } from './server-files';

export interface EmbeddedPostgres {
  /** Of the database `parley`. It holds the password: not for logs. */
  readonly url: string;
  /** Where the data is: the wanted folder, or one below /var/lib where root's Postgres user cannot reach that. */
  readonly folder: string;
  /** Stops the server, unless another living process still uses it. To be called last, after every pool is closed. */
  stop(): Promise<void>;
}

/**
 * A Postgres of our own with its data in `wanted`: a new cluster, the one of last time, or the server that still
 * runs there, whose settings then stay as they are.
 * @throws Error that says what to do, else what Postgres said.
 */
export async function startEmbeddedPostgres(
  wanted: string,
  settings: ServerSettings = {},
): Promise<EmbeddedPostgres> {
  const cluster = findCluster(resolve(wanted));
  const [url, leave] = await withLock(cluster.folder, async () => {
    if (!existsSync(cluster.path)) await createCluster(cluster, settings);
    const found = (await adopt(cluster)) ?? (await openDatabase(cluster, await launch(cluster, settings)));
    return [found, enlist(cluster.folder)] as const;
  });
  let stopped: Promise<void> | undefined;
  return { url, folder: cluster.folder, stop: () => (stopped ??= stopIfLast(cluster, leave)) };
}

function findCluster(wanted: string): Cluster {
  const home = findHome(wanted);
  const path = join(home.folder, 'cluster');
  const binaries = findBinaries(home.account);
  return { ...home, binaries, path, data: join(path, 'data'), password: join(path, 'password') };
}

/** The URL of the server that already runs on the data, once it answers. */
async function adopt(cluster: Cluster): Promise<string | null> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  for (let server = findServer(cluster.data); server; server = findServer(cluster.data)) {
    try {
      return await openDatabase(cluster, server.port);
    } catch (cause) {
      const who = `Postgres in ${cluster.data}, process ${server.pid},`;
      if (Date.now() > deadline) throw new Error(`${who} does not answer: stop it.`, { cause });
    }
    await wait(100);
  }
  return null;
}

/** The URL of the database `parley`, which is made when absent. */
async function openDatabase(cluster: Cluster, port: number): Promise<string> {
  const server = `postgres://parley:${readFileSync(cluster.password, 'utf8')}@127.0.0.1:${port}`;
  const client = new Client({ connectionString: `${server}/postgres`, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined); // else a server that goes away would end the process
  try {
    await client.connect();
    const { rowCount } = await client.query("select from pg_database where datname = 'parley'");
    if (rowCount === 0) await client.query('create database parley');
  } finally {
    await client.end();
  }
  return `${server}/parley`;
}

async function stopIfLast(cluster: Cluster, leave: () => boolean): Promise<void> {
  if (!existsSync(cluster.data)) return; // deleted under us: Postgres sees that within a minute and ends by itself
  await withLock(cluster.folder, async () => {
    if (leave() && findServer(cluster.data)) await shutDown(cluster);
  });
}
