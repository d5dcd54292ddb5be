import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { toDatabaseProblem, violatedConstraint } from '../../src/database/database-errors';
import { emptyDatabase, type TestDatabase } from '../support/database';
import { EmbeddedFolder } from '../support/embedded-folder';

const outage = { code: 'database_unavailable' };

describe('Database trouble', () => {
  const opened: DataSource[] = [];
  let database: TestDatabase;

  beforeAll(async () => (database = await emptyDatabase()));
  afterAll(() => database.drop());
  afterEach(async () => {
    for (const dataSource of opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy();
  });

  /** As the application does it, but over one connection, and with some limits shorter than in earnest. */
  async function open(url = database.url, limits: object = {}): Promise<DataSource> {
    const options = dataSourceOptions({ url, poolSize: 1 });
    const { extra: usual } = options as { extra: object };
    const dataSource = new DataSource({ ...options, extra: { ...usual, ...limits } });
    opened.push(dataSource);
    return dataSource.initialize();
  }

  it('of a statement that takes too long is an outage, and the next one is served', async () => {
    const dataSource = await open(database.url, { statement_timeout: 1_000 });
    const error = await failureOf(dataSource.query('select pg_sleep(30)'));
    expect(error).toMatchObject({ driverError: { code: '57014' } });
    expect(toDatabaseProblem(error)).toMatchObject(outage);
    await expect(dataSource.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('of a server that does not answer in time is an outage', async () => {
    const dataSource = await open(database.url, { statement_timeout: 0, query_timeout: 1_000 });
    const error = await failureOf(dataSource.query('select pg_sleep(3)'));
    expect(error).toMatchObject({ message: 'Query read timeout' });
    expect(toDatabaseProblem(error)).toMatchObject(outage);
  });

  it('of a pool that is used up is an outage', async () => {
    const dataSource = await open();
    const holder = dataSource.createQueryRunner();
    await holder.connect();
    const { master } = dataSource.driver as unknown as { readonly master: Pool };
    master.options.connectionTimeoutMillis = 100;
    const error = await failureOf(dataSource.query('select 1'));
    expect(error).toMatchObject({ message: 'timeout exceeded when trying to connect' });
    expect(toDatabaseProblem(error)).toMatchObject(outage);
    await holder.release();
  });

  it('of a connection that is cut in a transaction is an outage, and the next one is served', async () => {
    const dataSource = await open();
    const cut = dataSource.transaction((manager) =>
      manager.query('select pg_terminate_backend(pg_backend_pid())'),
    );
    const error = await failureOf(cut);
    expect(toDatabaseProblem(error)).toMatchObject(outage);
    await expect(dataSource.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('of a server that has stopped is an outage for an open pool and for a new one', async () => {
    const folder = new EmbeddedFolder();
    try {
      const { url } = await folder.start();
      const dataSource = await open(url);
      await folder.stop();
      expect(toDatabaseProblem(await failureOf(dataSource.query('select 1')))).toMatchObject(outage);
      expect(toDatabaseProblem(await failureOf(open(url)))).toMatchObject(outage);
    } finally {
      await folder.remove();
    }
  });

  it('of a data source that was closed is an outage', async () => {
    const dataSource = await open();
    await dataSource.destroy();
    expect(toDatabaseProblem(await failureOf(dataSource.query('select 1')))).toMatchObject(outage);
  });

  it('is none where a row was refused: the constraint is named', async () => {
    const dataSource = await open();
    await dataSource.query('create table parents (id int constraint parents_once primary key)');
    await dataSource.query('create table children (id int constraint children_parent references parents)');
    await dataSource.query('insert into parents values (1)');
    const twice = await failureOf(dataSource.query('insert into parents values (1)'));
    const orphan = await failureOf(dataSource.query('insert into children values (2)'));
    expect([violatedConstraint(twice), violatedConstraint(orphan)]).toEqual([
      'parents_once',
      'children_parent',
    ]);
    expect([toDatabaseProblem(twice), toDatabaseProblem(orphan)]).toEqual([null, null]);
  });
});

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: unknown) => error,
  );
}
