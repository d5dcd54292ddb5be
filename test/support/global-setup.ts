import { migrate } from '../../src/database/migrate';
import { runOnServer, TEMPLATE, urlOf } from './database';
import { startDatabaseServer, stopDatabaseServer } from './database-server';

/** One Postgres for the whole run, with a migrated template that each test file clones. */
export default async function globalSetup(): Promise<void> {
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
