import { Client, type QueryResultRow } from 'pg';

/** Migrated once a run; nobody can connect to it. */
export const TEMPLATE = 'template_parley';

export interface TestDatabase {
  readonly url: string;
  /** Over a connection of its own, past the code under test. */
  query<T extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Ends the connections that are left, too. */
  drop(): Promise<void>;
}

let made = 0;

/** A new database with the whole schema and no rows. */
export function cloneDatabase(): Promise<TestDatabase> {
  return makeDatabase(TEMPLATE);
}

/** A new database with nothing in it, not even the schema. */
export function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase('template1');
}

async function makeDatabase(template: string): Promise<TestDatabase> {
  const name = `w${process.env.JEST_WORKER_ID}_${++made}`;
  const drop = `drop database if exists ${name} with (force)`;
  // An earlier file of this worker may have left one of the same name.
  await runOnServer(drop, `create database ${name} template ${template}`);
  const url = urlOf(name);
  return {
    url,
    query: <T extends QueryResultRow>(sql: string, parameters: readonly unknown[] = []) =>
      withClient(url, async (client) => (await client.query<T>(sql, [...parameters])).rows),
    drop: () => runOnServer(drop),
  };
}

/** Statements on the run's server, outside the databases of the tests. */
export function runOnServer(...statements: readonly string[]): Promise<void> {
  return withClient(serverUrl(), async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

/** Of another database on the run's server. */
export function urlOf(database: string): string {
  return Object.assign(new URL(serverUrl()), { pathname: database }).href;
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_SERVER;
  if (!url) throw new Error('There is no database here: only contracts, integration and e2e have one.');
  return url;
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the end of a server or a database must fail the query only
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
