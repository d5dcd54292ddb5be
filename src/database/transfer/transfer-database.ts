import { DataSource, type EntityManager } from 'typeorm';
import { dataSourceOptions } from '../data-source-options';
import { readMigrationState } from '../migration-state';

/** For the transaction alone, so it goes through a pooler too. Not every Postgres knows them all. */
const LIFT_LIMITS = `
  select set_config(name, '0', true) from pg_settings
  where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

/**
 * Work on whole tables, over one connection, as the application's own role.
 * @throws Error that says what to do where the schema is not that of this version.
 */
export async function onWholeTables<T>(url: string, work: (database: DataSource) => Promise<T>): Promise<T> {
  const database = new DataSource({
    ...dataSourceOptions({ url, poolSize: 1 }),
    extra: { application_name: 'parley transfer' }, // instead of the time limits of requests
  });
  try {
    await database.initialize();
    await requireSchema(database);
    return await work(database);
  } finally {
    if (database.isInitialized) await database.destroy();
  }
}

/** No time limit ends the transaction, however long somebody takes to write or read a file meanwhile. */
export function withoutLimits<T>(
  database: DataSource,
  isolation: 'READ COMMITTED' | 'REPEATABLE READ',
  work: (transaction: EntityManager) => Promise<T>,
): Promise<T> {
  return database.transaction(isolation, async (transaction) => {
    await transaction.query(LIFT_LIMITS);
    return work(transaction);
  });
}

async function requireSchema(database: DataSource): Promise<void> {
  const { pending, unknown } = await readMigrationState(database);
  if (pending.length > 0) throw new Error('The schema is behind. Run parley db:migrate first.');
  if (unknown.length > 0)
    throw new Error(
      `The database has migrations of a newer version: ${unknown.join(', ')}. Use that version of Parley.`,
    );
}
