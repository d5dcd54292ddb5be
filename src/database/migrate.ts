import { grantRows } from './app-role';
import { underMigrationLock, withMigrations } from './migration-lock';
import { limitRole } from './time-limits';

/**
 * Brings the schema up to date. The names of the migrations that this call applied, oldest first: replicas may call
 * at the same time, and one of them does the work while the others wait. Where the application's own `appUrl` is
 * another one, as it is with a pooler in between, the role that it signs in as may use the rows afterwards, within the
 * server's time limits.
 * @throws Error that says what to do where `url` leads to a pooler; else what the driver threw.
 */
export function migrate(url: string, appUrl = url): Promise<string[]> {
  return underMigrationLock(url, async (lock) => {
    const { applied, tables } = await withMigrations(url, async (schema) => ({
      applied: await schema.runMigrations({ transaction: 'each' }),
      tables: schema.entityMetadatas.map(({ tableName }) => tableName),
    }));
    if (appUrl !== url) {
      await grantRows(lock, appUrl, tables);
      await limitRole(lock, appUrl);
    }
    return applied.map(({ name }) => name);
  });
}
