import { Client } from 'pg';
import { migrate } from '../../src/database/migrate';
import { cloneDatabase, runOnServer, type TestDatabase } from '../support/database';

const LIMITS = ['idle_in_transaction_session_timeout=10000', 'statement_timeout=4000'];

describe('The time limits of a role whose connections come through a pooler', () => {
  let database: TestDatabase;
  let app: string;
  let owner: string;

  beforeEach(async () => {
    database = await cloneDatabase();
    const name = new URL(database.url).pathname.slice(1);
    [app, owner] = [`app_of_${name}`, `owner_of_${name}`];
    await runOnServer(
      ...[app, owner].flatMap((role) => [
        `drop role if exists ${role}`,
        `create role ${role} login password 'of-the-tests'`,
      ]),
      `alter database ${name} owner to ${owner}`,
      `grant all on database ${name} to ${app}`,
    );
    await database.query(`grant all on all tables in schema public to ${owner}`);
  });

  afterEach(async () => {
    await database.drop();
    await runOnServer(`drop role ${app}`, `drop role ${owner}`);
  });

  const urlAs = (username: string) =>
    Object.assign(new URL(database.url), { username, password: 'of-the-tests' }).href;
  /** The application connects elsewhere than the migrations do. */
  const pooled = (url: string) => Object.assign(new URL(url), { port: '6432' }).href;
  const setOn = async (role: string) =>
    (
      await database.query<{ given: string }>(
        `select unnest(setconfig) as given from pg_db_role_setting join pg_database d on d.oid = setdatabase
         where d.datname = current_database() and setrole = (select oid from pg_roles where rolname = $1) order by 1`,
        [role],
      )
    ).map(({ given }) => given);

  it('are set when it migrates itself, in this database alone, and hold for new connections', async () => {
    await migrate(urlAs(owner), pooled(urlAs(owner)));
    await expect(setOn(owner)).resolves.toEqual(LIMITS);
    const elsewhere = `select from pg_db_role_setting s join pg_roles r on r.oid = s.setrole
      where r.rolname = $1 and s.setdatabase is distinct from (select oid from pg_database where datname = current_database())`;
    await expect(database.query(elsewhere, [owner])).resolves.toEqual([]);
    const connection = new Client({ connectionString: urlAs(owner) });
    await connection.connect();
    const { rows } = await connection.query('show statement_timeout');
    await connection.end();
    expect(rows).toEqual([{ statement_timeout: '4s' }]);
  });

  it('are set on the role of the application where another one that may do so migrates', async () => {
    await migrate(database.url, pooled(urlAs(app)));
    await expect(setOn(app)).resolves.toEqual(LIMITS);
    await expect(setOn(new URL(database.url).username)).resolves.toEqual([]);
  });

  it('are left to the operator where the migrating role may not set them, and the migrations still count', async () => {
    await expect(migrate(urlAs(owner), pooled(urlAs(app)))).resolves.toEqual([]);
    await expect(setOn(app)).resolves.toEqual([]);
  });

  it('are left alone where the database knows no such role', async () => {
    await expect(migrate(database.url, pooled(urlAs('of_the_pooler_only')))).resolves.toEqual([]);
  });

  it('keep what somebody has set by hand', async () => {
    await database.query(`alter role ${app} in database ${new URL(database.url).pathname.slice(1)}
      set statement_timeout to '2s'`);
    await migrate(database.url, pooled(urlAs(app)));
    await expect(setOn(app)).resolves.toEqual([LIMITS[0], 'statement_timeout=2s']);
  });

  it('stay unset where no pooler is in between, since each connection brings its own', async () => {
    await migrate(urlAs(owner), urlAs(owner));
    await expect(setOn(owner)).resolves.toEqual([]);
  });

  it('are set once by replicas that start together', async () => {
    await Promise.all([1, 2, 3].map(() => migrate(urlAs(owner), pooled(urlAs(owner)))));
    await expect(setOn(owner)).resolves.toEqual(LIMITS);
  });
});
