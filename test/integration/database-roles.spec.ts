import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../src/database/migrate';
import { SERVER_LIMITS } from '../../src/database/time-limits';
import { runOnServer, urlOf } from '../support/database';

const NAME = `roles_${process.env.JEST_WORKER_ID}`;
const [OWNER, APP, OTHER] = [`${NAME}_owner`, `${NAME}_app`, `${NAME}_other`];
const PASSWORD = 'of-this-test-alone';

/** As written but for the names: other tests share the server. */
const STATEMENTS = readFileSync(join(__dirname, '..', '..', 'docs', 'database-roles.sql'), 'utf8')
  .replace(/^--.*$/gm, '')
  .replaceAll('parley', NAME)
  .split(';')
  .map((statement) => statement.trim())
  .filter(Boolean);

const urlAs = (username: string) =>
  Object.assign(new URL(urlOf(NAME)), { username, password: PASSWORD }).href;

async function queryAs(username: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: urlAs(username) });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('The roles of docs/database-roles.sql', () => {
  const clearAway = () =>
    runOnServer(
      `drop database if exists ${NAME} with (force)`,
      ...[OWNER, APP, OTHER].map((role) => `drop role if exists ${role}`),
    );

  beforeAll(async () => {
    await clearAway(); // of a run that was killed
    await runOnServer(...STATEMENTS, `create role ${OTHER} login`);
    await runOnServer(...[OWNER, APP, OTHER].map((role) => `alter role ${role} password '${PASSWORD}'`));
    await migrate(urlAs(OWNER), urlAs(APP));
  });

  afterAll(clearAway);

  it('let the owner migrate, and nobody else own a table', async () => {
    const owners = await queryAs(
      OWNER,
      "select distinct tableowner from pg_tables where schemaname = 'public'",
    );
    expect(owners).toEqual([{ tableowner: OWNER }]);
  });

  it('let the other one sign in, but change no schema', async () => {
    await expect(queryAs(APP, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await expect(queryAs(APP, 'create table public.mine ()')).rejects.toThrow(
      'permission denied for schema public',
    );
    await expect(queryAs(APP, 'drop table users')).rejects.toThrow('must be owner of table users');
  });

  it.each(Object.entries(SERVER_LIMITS))(
    'give the other one the limit %s that Parley expects',
    async (name, ms) => {
      const sql = `select setting::int from pg_settings where name = '${name}'`;
      await expect(queryAs(APP, sql)).resolves.toEqual([{ setting: ms }]);
      await expect(queryAs(OWNER, sql)).resolves.toEqual([{ setting: 0 }]);
    },
  );

  it('keep every other role of the server out', async () => {
    await expect(queryAs(OTHER, 'select 1')).rejects.toThrow('permission denied for database');
  });
});
