import { join } from 'node:path';
import type { Config } from '../config/config';
import { startEmbeddedPostgres } from './embedded/embedded-postgres';
import { migrate } from './migrate';

export interface OpenDatabase {
  /** With its password: not for logs. */
  readonly url: string;
  /** To be called last, after every pool is closed. */
  stop(): Promise<void>;
}

/** The database that is configured, or else one of our own, with its schema up to date unless that is done by hand. */
export async function openDatabase({
  database,
  dataDir,
}: Pick<Config, 'database' | 'dataDir'>): Promise<OpenDatabase> {
  const { url } = database;
  const opened = url
    ? { url, stop: () => Promise.resolve() }
    : await startEmbeddedPostgres(join(dataDir, 'postgres'));
  try {
    if (database.migrate) await migrate(database.directUrl ?? opened.url, opened.url);
    return opened;
  } catch (error) {
    await opened.stop();
    throw error;
  }
}
