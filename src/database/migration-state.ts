import type { DataSource } from 'typeorm';

/** Which migrations a database has, by name, oldest first. */
export interface MigrationState {
  readonly applied: readonly string[];
  /** Of this version, and not applied. */
  readonly pending: readonly string[];
  /** Applied, and of another version: this one knows nothing of them. */
  readonly unknown: readonly string[];
}

export async function readMigrationState(database: DataSource): Promise<MigrationState> {
  const applied = await readApplied(database);
  const known = database.migrations.map(({ name, constructor }) => name ?? constructor.name);
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

async function readApplied(database: DataSource): Promise<string[]> {
  const [{ exists }] = await database.query<[{ exists: boolean }]>(
    `select to_regclass('migrations') is not null as exists`,
  );
  if (!exists) return [];
  const rows = await database.query<{ name: string }[]>('select name from migrations order by id');
  return rows.map(({ name }) => name);
}
