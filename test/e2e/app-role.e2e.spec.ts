import { Client as Connection } from 'pg';
import { migrate } from '../../src/database/migrate';
import { Observations, ObservedClient } from '../support/observed-client';
import { nameOf, ROUTES } from '../support/routes';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';
import { makeTwoRoles, type TwoRoles } from '../support/two-roles';
import { ROOT, useEverything } from '../support/use-everything';

const PRIVILEGES = `
  select c.relname as name, array_agg(distinct p.privilege_type::text order by p.privilege_type::text) as granted
  from pg_class c cross join aclexplode(c.relacl) p join pg_roles r on r.oid = p.grantee
  where r.rolname = $1 group by 1 order by 1`;

describe('The role of the application, made by docs/database-roles.sql', () => {
  let roles: TwoRoles;
  let app: Connection;
  let owner: Connection;

  beforeAll(async () => {
    roles = await makeTwoRoles();
    await migrate(roles.owner, roles.app);
    [app, owner] = await Promise.all([connect(roles.app), connect(roles.owner)]);
  });

  afterAll(async () => {
    await Promise.all([app.end(), owner.end()]);
    await roles.drop();
  });

  describe('while it serves', () => {
    const seen = new Observations();
    let scripted: ScriptedApp;

    beforeAll(async () => {
      scripted = await startScriptedApp({
        DATABASE_URL: roles.app,
        MIGRATIONS: 'manual',
        ADMIN_USERNAME: ROOT.username,
        ADMIN_PASSWORD: ROOT.password,
      });
      await useEverything(new ObservedClient(scripted.parley.url, seen), scripted.model);
    });

    afterAll(() => scripted.parley.close());

    it('does the work of every operation of the contract', () => {
      expect(ROUTES.map(nameOf).filter((name) => !seen.operations.has(name))).toEqual([]);
    });

    it('is ready, since it may look at the migrations', async () => {
      expect((await fetch(`${scripted.parley.url}/health/ready`)).status).toBe(200);
    });
  });

  it.each([
    ['make a table', 'create table mine (id int)'],
    ['make a table for a while', 'create temporary table mine (id int)'],
    ['make a schema', 'create schema mine'],
    ['change a table', 'alter table messages add column mine int'],
    ['drop a table', 'drop table messages'],
    ['truncate a table', 'truncate rate_limits'],
    ['make an index', 'create index on messages (content)'],
    ['switch a trigger off', 'alter table audit_events disable trigger all'],
    ['note a migration', `insert into migrations (timestamp, name) values (1, 'Mine1')`],
  ])('cannot %s', async (_what, sql) => {
    await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('owns nothing', async () => {
    const { rows } = await app.query('select relname from pg_class where relowner = current_user::regrole');
    expect(rows).toEqual([]);
  });

  it('may use the rows of each table, and look at the migrations', async () => {
    const tables = await owner.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    );
    const expected = tables.rows.map(({ name }) => ({
      name,
      granted: name === 'migrations' ? ['SELECT'] : ['DELETE', 'INSERT', 'SELECT', 'UPDATE'],
    }));
    await expect(granted()).resolves.toEqual(expected);
  });

  it('is given by the next migration what it lacks, such as a table that is new', async () => {
    const before = await granted();
    await owner.query(`revoke all on usage_days, migrations from ${new URL(roles.app).username}`);
    await migrate(roles.owner, roles.app);
    await expect(granted()).resolves.toEqual(before);
  });

  it('costs the catalog nothing where it lacks nothing', async () => {
    const versions = `select array_agg(xmin::text order by oid) as seen from pg_class where relkind = 'r'`;
    const [before] = (await owner.query(versions)).rows as unknown[];
    await migrate(roles.owner, roles.app);
    expect((await owner.query(versions)).rows).toEqual([before]);
  });

  const granted = async () => {
    const { rows } = await owner.query<{ name: string }>(PRIVILEGES, [new URL(roles.app).username]);
    return rows;
  };
});

async function connect(connectionString: string): Promise<Connection> {
  const connection = new Connection({ connectionString });
  await connection.connect();
  return connection;
}
