// `npm run migration:generate -- migrations/add-something`: a migration that makes the schema what the entities now say.
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';

const load = createRequire(new URL('../dist/src/', import.meta.url));
const { loadDatabaseConfig } = load('./config/config.js');
const { openDatabase } = load('./database/open-database.js');
const { withMigrations } = load('./database/migration-lock.js');
const { readMigrationState } = load('./database/migration-state.js');

/** Foreign keys, checks and some indexes are in a migration only: that no entity speaks of them does not take them away. */
const DROPS_AN_EXTRA = /^(ALTER TABLE \S+ DROP CONSTRAINT|DROP INDEX) \S+$/;

function nameFrom(path) {
  const name = path && basename(path, '.ts');
  if (name && /^[a-z]+(-[a-z\d]+)*$/.test(name)) return name;
  throw new Error('Say what it is called: npm run migration:generate -- migrations/add-something');
}

/** Against the configured database, or our own under `DATA_DIR`, which must have every migration there is. */
async function changes() {
  const settings = loadDatabaseConfig(process.env);
  const database = await openDatabase(settings);
  try {
    return await withMigrations(settings.database.directUrl ?? database.url, async (schema) => {
      const { pending } = await readMigrationState(schema);
      if (pending.length > 0) throw new Error('The database is behind: npm run cli -- db:migrate');
      const { upQueries, downQueries } = await schema.driver.createSchemaBuilder().log();
      const kept = upQueries.flatMap(({ query }, n) =>
        DROPS_AN_EXTRA.test(query) ? [] : [{ up: query, down: downQueries[n].query }],
      );
      return { up: kept.map(({ up }) => up), down: kept.map(({ down }) => down).reverse() };
    });
  } finally {
    await database.stop();
  }
}

function toSource(className, { up, down }) {
  const statements = (queries) =>
    queries.map((query) => `await runner.query(\`${query.replace(/[`\\]|\$\{/g, '\\$&')}\`);`).join('\n');
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

  /** Say here what it is for, and check that the version before it can go on working: docs/operations.md, "Migrations". */
  export class ${className} implements MigrationInterface {
    async up(runner: QueryRunner): Promise<void> {
      ${statements(up)}
    }

    async down(runner: QueryRunner): Promise<void> {
      ${statements(down)}
    }
  }
  `;
}

try {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const [path] = process.argv.slice(2);
  const name = nameFrom(path);
  const found = await changes();
  if (found.up.length === 0) console.log('No changes: the schema is what the entities say.');
  else {
    const words = name.split('-').map((word) => word[0].toUpperCase() + word.slice(1));
    const timestamp = Date.now();
    const file = join(dirname(path), `${timestamp}-${name}.ts`);
    const source = toSource(words.join('') + timestamp, found);
    const style = await resolveConfig('migrations/any.ts');
    writeFileSync(file, await format(source, { ...style, parser: 'typescript' }), { flag: 'wx' });
    console.log(`Wrote ${file}.`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
