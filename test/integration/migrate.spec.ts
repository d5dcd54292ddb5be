import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { migrate, migrationOptions } from '../../src/database/migrate';
import { cloneDatabase, emptyDatabase, type TestDatabase } from '../support/database';

const files = readdirSync(join(__dirname, '..', '..', 'migrations')).filter((name) => name.endsWith('.ts'));

/** Foreign keys, checks and some indexes are in a migration only. One that an entity declares and the schema lacks is added. */
const DROPS_AN_EXTRA = /^(ALTER TABLE \S+ DROP CONSTRAINT|DROP INDEX) \S+$/;

describe('The migrations', () => {
  let database: TestDatabase;

  afterEach(() => database.drop());

  it('are applied once when three replicas start together', async () => {
    database = await emptyDatabase();
    const applied = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(applied.flat()).toHaveLength(files.length);
    const recorded = await database.query<{ name: string }>('select name from migrations order by id');
    expect(recorded.map(({ name }) => name)).toEqual(applied.flat());
  });

  it('have nothing left to do on a database that is up to date', async () => {
    database = await cloneDatabase();
    await expect(migrate(database.url)).resolves.toEqual([]);
  });

  it('run forward, all the way back and forward again', async () => {
    database = await emptyDatabase();
    const applied = await migrate(database.url);
    await revert(database.url, applied.length);
    await expect(leftovers(database)).resolves.toEqual([]);
    await expect(migrate(database.url)).resolves.toEqual(applied);
  });

  it('make the schema that the entities describe', async () => {
    database = await cloneDatabase();
    const dataSource = await new DataSource(
      dataSourceOptions({ url: database.url, poolSize: 1 }),
    ).initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query).filter((query) => !DROPS_AN_EXTRA.test(query))).toEqual([]);
      expect(dataSource.entityMetadatas).not.toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });
});

async function revert(url: string, count: number): Promise<void> {
  const dataSource = await new DataSource(migrationOptions(url)).initialize();
  try {
    for (let left = count; left > 0; left--) await dataSource.undoLastMigration({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

/** Tables, views, sequences, types and functions that going back has forgotten. */
async function leftovers(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ name: string }>(`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relname not like 'migrations%'
      and relkind <> 'i'
    union all
    select typname from pg_type where typnamespace = 'public'::regnamespace and typrelid = 0 and typelem = 0
    union all
    select proname from pg_proc where pronamespace = 'public'::regnamespace`);
  return rows.map(({ name }) => name);
}
