import { DataSource } from 'typeorm';
import { ROWS } from './app-role';
import { dataSourceOptions } from './data-source-options';
import { readMigrationState, type MigrationState } from './migration-state';
import { SERVER_LIMITS } from './time-limits';

/** What a database is to the role that we sign in as. */
export interface DatabaseFacts {
  readonly version: string;
  /** This machine's clock around the database's. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly databaseMs: number;
  /** Limits that nobody sets for our connections. */
  readonly unlimited: readonly string[];
  /** Null: the role may not look. */
  readonly migrations: MigrationState | null;
  /** `insert into users`. Of tables that are there. */
  readonly missing: readonly string[];
}

const FACTS = `
  select current_setting('server_version') as version,
    extract(epoch from clock_timestamp())::float8 * 1000 as "databaseMs",
    array(select name from unnest($1::text[]) as name where current_setting(name) = '0') as unlimited,
    array(
      select privilege || ' ' || name from unnest($2::text[]) as name cross join unnest($3::text[]) as privilege
      where to_regclass(name) is not null and not has_table_privilege(to_regclass(name), privilege)
      order by 1) as missing,
    to_regclass('migrations') is null or has_table_privilege(to_regclass('migrations'), 'select') as "mayLook"`;

type Row = Pick<DatabaseFacts, 'version' | 'databaseMs' | 'unlimited' | 'missing'> & {
  readonly mayLook: boolean;
};

/** Over a connection as the server makes it. Where there is none: why, without a secret. */
export async function examineDatabase(url: string): Promise<DatabaseFacts | { readonly trouble: string }> {
  const database = new DataSource(dataSourceOptions({ url, poolSize: 1 }));
  try {
    await database.initialize();
    const tables = database.entityMetadatas.map(({ tableName }) => tableName);
    const askedAtMs = Date.now();
    const [{ mayLook, ...facts }] = await database.query<[Row]>(FACTS, [
      Object.keys(SERVER_LIMITS),
      tables,
      ROWS,
    ]);
    const answeredAtMs = Date.now();
    return {
      ...facts,
      askedAtMs,
      answeredAtMs,
      migrations: mayLook ? await readMigrationState(database) : null,
    };
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    return { trouble: code === undefined ? message : `does not let us in (${code})` };
  } finally {
    if (database.isInitialized) await database.destroy();
  }
}
