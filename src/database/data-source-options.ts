import { join } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { PoolerAwarePool } from './pooler-aware-pool';
import { SERVER_LIMITS } from './time-limits';

/** Names the data source of the replies' heartbeats: requests that wait for connections must not cost running replies their leases. */
export const HEARTBEATS = 'heartbeats';

export interface DatabaseSettings {
  readonly url: string;
  /** Connections of this process at most. */
  readonly poolSize: number;
}

/**
 * What the application, the command line and the tests connect with. A request waits for the database 10 s at most:
 * 3 s for a connection, 4.5 s for a statement, and some reserve for what it does besides.
 */
export function dataSourceOptions({ url, poolSize }: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
    driver: { Pool: PoolerAwarePool }, // TypeORM takes nothing else from pg
    url,
    // Both patterns fit src/ and migrations/ under Jest as well as dist/src/ and dist/migrations/.
    entities: [join(literally(join(__dirname, '..')), '**', '*.entity.{js,ts}')],
    migrations: [join(literally(join(__dirname, '..', '..', 'migrations')), '*.{js,ts}')],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    migrationsRun: false, // several replicas that start at once would collide: `migrate` takes a lock
    synchronize: false,
    logging: false,
    poolSize,
    connectTimeoutMS: 3000,
    extra: {
      application_name: 'parley',
      // The server's limits free the connection; the client's is for a server that no longer answers at all.
      ...SERVER_LIMITS,
      query_timeout: 4500,
      idleTimeoutMillis: 30_000,
    },
  };
}

/** A folder whose name has brackets in it must not read as a pattern. On Windows a backslash cannot escape. */
function literally(folder: string): string {
  return process.platform === 'win32' ? folder : folder.replace(/[\\()[\]{}!*?+@]/g, '\\$&');
}
