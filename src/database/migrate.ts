import { Client } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { dataSourceOptions } from './data-source-options';
import { isRefusedSetting } from './pooler-aware-pool';
import { limitRole } from './time-limits';

/** Any number will do, as long as no version of Parley ever takes another. */
const MIGRATION_LOCK = 7_275_539;
const CONNECT_TIMEOUT_MS = 10_000;

/** A large table may take its time, even where the role or the database sets limits of its own. */
const NO_TIME_LIMITS = '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0';

/**
 * Brings the schema up to date. The names of the migrations that this call applied, oldest first: replicas may call
 * at the same time, and one of them does the work while the others wait. Where the application's own `appUrl` is
 * another one, as it is with a pooler in between, the server's time limits are set on the role that it signs in as.
 * @throws Error that says what to do where `url` leads to a pooler; else what the driver threw.
 */
export async function migrate(url: string, appUrl = url): Promise<string[]> {
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
    const applied = await runMigrations(url);
    if (appUrl !== url) await limitRole(lock, appUrl);
    await lock.query('commit');
    return applied;
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

async function runMigrations(url: string): Promise<string[]> {
  const dataSource = new DataSource(migrationOptions(url));
  try {
    await dataSource.initialize();
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    return applied.map(({ name }) => name);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

/** For work on the schema, by `migrate` and the command line: one connection, and none of the usual time-outs. */
export function migrationOptions(url: string): DataSourceOptions {
  return {
    ...dataSourceOptions({ url, poolSize: 1 }),
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { application_name: 'parley migrate', options: NO_TIME_LIMITS },
  } as DataSourceOptions;
}
