import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { isAlive, ownMark } from '../../src/database/embedded/processes';

/** The data is thrown away: nothing needs to survive a power cut. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' };

let running: EmbeddedPostgres | undefined;

/** The URL of a new server for this run of Jest; several runs may go on at once. */
export async function startDatabaseServer(): Promise<string> {
  const runs = join(tmpdir(), `parley-tests-of-${userInfo().username}`);
  mkdirSync(runs, { recursive: true });
  for (const mark of readdirSync(runs)) if (!isAlive(mark)) await clearAway(join(runs, mark));
  running = await startEmbeddedPostgres(join(runs, ownMark()), SETTINGS);
  return running.url;
}

export async function stopDatabaseServer(): Promise<void> {
  await running?.stop();
  if (running) rmSync(running.folder, { recursive: true });
}

/** A run that was killed left its server running, which has to be adopted to be stopped. */
async function clearAway(folder: string): Promise<void> {
  const pidFile = join(folder, 'cluster', 'data', 'postmaster.pid');
  if (existsSync(pidFile)) await startEmbeddedPostgres(folder).then((server) => server.stop());
  rmSync(folder, { recursive: true, force: true });
}
