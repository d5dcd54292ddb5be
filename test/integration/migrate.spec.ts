import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options';
import { migrate } from '../../src/database/migrate';
import { migrationOptions } from '../../src/database/migration-lock';
import { cloneDatabase, emptyDatabase, type TestDatabase } from '../support/database';
import { dumpSchema } from '../support/schema-dump';

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

  it('each go back to exactly the schema before them, and forward to the same one again', async () => {
    database = await emptyDatabase();
    const schema = await new DataSource(migrationOptions(database.url)).initialize();
    try {
      const newest = await stepThrough(schema);
      await schema.runMigrations({ transaction: 'each' });
      await expect(dumpSchema(database)).resolves.toEqual(newest);
    } finally {
      await schema.destroy();
    }
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

  /** One at a time to the newest, whose schema is the result, and one at a time back. */
  async function stepThrough(schema: DataSource): Promise<unknown> {
    const all = [...schema.migrations];
    const seen = [await dumpSchema(database)];
    for (const migration of all) {
      schema.migrations.splice(0, schema.migrations.length, migration);
      await schema.runMigrations({ transaction: 'each' });
      seen.push(await dumpSchema(database));
    }
    schema.migrations.splice(0, schema.migrations.length, ...all);
    const newest = seen.pop();
    for (const before of seen.reverse()) {
      await schema.undoLastMigration({ transaction: 'each' });
      expect(await dumpSchema(database)).toEqual(before);
    }
    expect(all).toHaveLength(files.length);
    return newest;
  }
});
