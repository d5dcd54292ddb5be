import { Client } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { dataSourceOptions } from './data-source-options';
import { isRefusedSetting } from './pooler-aware-pool';

/** Any number will do, as long as no version of Parley ever takes another. */
const MIGRATION_LOCK = 7_275_539;
const CONNECT_TIMEOUT_MS = 10_000;

/** A large table may take its time, even where the role or the database sets limits of its own. */
const NO_TIME_LIMITS = '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0';

/**
 * Does work on the schema while nobody else does any. `lock` is in a transaction that is committed after the work.
 * @throws Error that says what to do where `url` leads to a pooler; else what the driver threw.
 */
export async function underMigrationLock<T>(url: string, work: (lock: Client) => Promise<T>): Promise<T> {
  const lock = new Client({
    connectionString: url,
    application_name: 'parley migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: NO_TIME_LIMITS,
  });
  lock.on('error', () => undefined); // else a lost connection would end the process; the commit below reports it
  try {
    await lock.connect().catch(refuseThePooler);
    await lock.query('begin');
    // Tied to the transaction: a session's lock, taken through a pooler, would outlive its client.
    await lock.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const result = await work(lock);
    await lock.query('commit');
    return result;
  } finally {
    await lock.end();
  }
}

/** Sessions are a pooler's to give away, so no migration could rely on its own settings. */
function refuseThePooler(cause: unknown): never {
  if (!isRefusedSetting(cause)) throw cause;
  throw new Error(
    'DATABASE_URL leads to a connection pooler: set DATABASE_DIRECT_URL to the database itself, for migrations.',
    { cause },
  );
}

/** Work on the schema, over one connection that is closed when it is done. */
export async function withMigrations<T>(url: string, work: (schema: DataSource) => Promise<T>): Promise<T> {
  const schema = new DataSource(migrationOptions(url));
  try {
    await schema.initialize().catch(refuseThePooler);
    return await work(schema);
  } finally {
    if (schema.isInitialized) await schema.destroy();
  }
}

/** One connection, and none of the usual time-outs. */
export function migrationOptions(url: string): DataSourceOptions {
  return {
    ...dataSourceOptions({ url, poolSize: 1 }),
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { application_name: 'parley migrate', options: NO_TIME_LIMITS },
  } as DataSourceOptions;
}
