import { Client } from 'pg';
import { migrate } from '../../src/database/migrate';
import { SERVER_LIMITS } from '../../src/database/time-limits';
import { makeTwoRoles, type TwoRoles } from '../support/two-roles';

async function queryAt(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('The roles of docs/database-roles.sql', () => {
  let roles: TwoRoles;

  beforeAll(async () => {
    roles = await makeTwoRoles();
    await migrate(roles.owner, roles.app);
  });

  afterAll(() => roles.drop());

  it('let the owner migrate, and nobody else own a table', async () => {
    const owners = await queryAt(
      roles.owner,
      "select distinct tableowner from pg_tables where schemaname = 'public'",
    );
    expect(owners).toEqual([{ tableowner: `${roles.name}_owner` }]);
  });

  it.each(Object.entries(SERVER_LIMITS))(
    'give the other one the limit %s that Parley expects',
    async (name, ms) => {
      const sql = `select setting::int from pg_settings where name = '${name}'`;
      await expect(queryAt(roles.app, sql)).resolves.toEqual([{ setting: ms }]);
      await expect(queryAt(roles.owner, sql)).resolves.toEqual([{ setting: 0 }]);
    },
  );

  it('keep every other role of the server out', async () => {
    await expect(queryAt(await roles.urlOfStranger(), 'select 1')).rejects.toThrow(
      'permission denied for database',
    );
  });
});
