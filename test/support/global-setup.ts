import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/database/migrate';
import { runOnServer, TEMPLATE, urlOf } from './database';
import { startDatabaseServer, stopDatabaseServer } from './database-server';
import { FOLDER_VARIABLE } from './reached-statuses';

/** One Postgres for the whole run, with a migrated template that each test file clones. */
export default async function globalSetup(): Promise<void> {
  process.env[FOLDER_VARIABLE] = mkdtempSync(join(tmpdir(), 'parley-reached-'));
  process.env.TEST_DATABASE_SERVER = await startDatabaseServer();
  try {
    await runOnServer(`create database ${TEMPLATE}`);
    await migrate(urlOf(TEMPLATE));
    // A database that someone is connected to cannot be cloned.
    await runOnServer(`alter database ${TEMPLATE} allow_connections false`);
  } catch (error) {
    await stopDatabaseServer(); // Jest calls no teardown after a set-up that failed
    throw error;
  }
}
