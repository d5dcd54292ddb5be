import { MigrationExecutor, type DataSource } from 'typeorm';
import { underMigrationLock, withMigrations } from './migration-lock';
import { readMigrationState } from './migration-state';

/**
 * Takes back the newest migration, by its own `down`. Its name.
 * @param expected the name that somebody has agreed to; another one that came meanwhile stays.
 * @throws Error – there is none, it is another one, or it is of another version of Parley.
 */
export function revertLast(url: string, expected: string): Promise<void> {
  return underMigrationLock(url, () =>
    withMigrations(url, async (schema) => {
      const last = await knownMigrations(schema).then((names) => names.at(-1));
      if (last !== expected)
        throw new Error(`The newest migration is no longer ${expected}. Nothing was done.`);
      await schema.undoLastMigration({ transaction: 'each' });
    }),
  );
}

/**
 * Deletes all that Parley has made in a database, and nothing else: every migration takes back what it made. All of it or,
 * where something else hangs on it, nothing. The names of the migrations, oldest first.
 */
export function dropAll(url: string): Promise<string[]> {
  return underMigrationLock(url, () =>
    withMigrations(url, async (schema) => {
      const names = await knownMigrations(schema);
      const runner = schema.createQueryRunner();
      try {
        await runner.startTransaction();
        const executor = new MigrationExecutor(schema, runner);
        executor.transaction = 'none'; // they share ours
        for (let left = names.length; left > 0; left--) await executor.undoLastMigration();
        await runner.query('drop table if exists migrations');
        await runner.commitTransaction();
      } catch (error) {
        await runner.rollbackTransaction();
        throw error;
      } finally {
        await runner.release();
      }
      return names;
    }),
  );
}

async function knownMigrations(schema: DataSource): Promise<string[]> {
  const { applied, unknown } = await readMigrationState(schema);
  if (unknown.length === 0) return [...applied];
  throw new Error(
    `The database has migrations that this version does not know: ${unknown.join(', ')}. ` +
      'Use the version of Parley that made them.',
  );
}
