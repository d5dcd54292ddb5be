import { loadDatabaseConfig } from '../config/config';
import { toDatabaseProblem } from '../database/database-errors';
import { migrate } from '../database/migrate';
import { withMigrations } from '../database/migration-lock';
import { readMigrationState, type MigrationState } from '../database/migration-state';
import { openDatabase } from '../database/open-database';
import { dropAll, revertLast } from '../database/revert';
import { confirm } from './confirm';
import type { Outcome } from './outcome';

interface Urls {
  /** Past a pooler, as the role that owns the schema. */
  readonly direct: string;
  readonly app: string;
}

export interface Agreement {
  readonly yes?: boolean;
}

export const migrateDatabase = (): Promise<Outcome> =>
  onDatabase(async ({ direct, app }) => {
    const applied = await migrate(direct, app);
    const said = applied.length === 0 ? 'The schema is up to date.' : `Applied ${listed(applied)}.`;
    return { said, data: { applied } };
  });

export const showStatus = (): Promise<Outcome> =>
  onDatabase(async ({ direct }) => {
    const { state } = await look(direct);
    const behind = state.pending.length > 0;
    const newer = `The database has migrations of a newer version: ${listed(state.unknown)}.`;
    const said = [
      behind ? `The schema is behind. To be applied: ${listed(state.pending)}.` : 'The schema is up to date.',
      ...(state.unknown.length > 0 ? [newer] : []),
    ];
    return { said: said.join('\n'), data: { upToDate: !behind, ...state }, failed: behind };
  });

export const revertDatabase = ({ yes }: Agreement): Promise<Outcome> =>
  onDatabase(async ({ direct }) => {
    const { state, name } = await look(direct);
    const last = state.applied.at(-1);
    if (last === undefined) throw new Error('There is no migration to revert.');
    const what = `This reverts ${last}, with the rows and columns that it has added, in the database ${name}.`;
    await confirm(what, name, yes);
    await revertLast(direct, last);
    return { said: `Reverted ${last}.`, data: { reverted: last } };
  });

export const dropDatabase = ({ yes }: Agreement): Promise<Outcome> =>
  onDatabase(async ({ direct }) => {
    const { name } = await look(direct);
    await confirm(`This deletes all that Parley has stored in the database ${name}.`, name, yes);
    const reverted = await dropAll(direct);
    return { said: `Deleted all that Parley had in ${name}.`, data: { database: name, reverted } };
  });

export const resetDatabase = ({ yes }: Agreement): Promise<Outcome> =>
  onDatabase(async ({ direct, app }) => {
    const { name } = await look(direct);
    await confirm(`This deletes all that Parley has stored in the database ${name}.`, name, yes);
    await dropAll(direct);
    const applied = await migrate(direct, app);
    return { said: `${name} is empty, and its schema up to date.`, data: { database: name, applied } };
  });

/** The configured database, or else our own, with its schema as it is. */
export async function onDatabase(work: (urls: Urls) => Promise<Outcome>): Promise<Outcome> {
  const { dataDir, database } = loadDatabaseConfig(process.env);
  try {
    const opened = await openDatabase({ dataDir, database: { ...database, migrate: false } });
    const urls = { direct: database.directUrl ?? opened.url, app: opened.url };
    return await work(urls).finally(() => opened.stop());
  } catch (error) {
    throw toDatabaseProblem(error) ?? error;
  }
}

const look = (url: string): Promise<{ state: MigrationState; name: string }> =>
  withMigrations(url, async (schema) => {
    const [{ name }] = await schema.query<[{ name: string }]>('select current_database() as name');
    return { state: await readMigrationState(schema), name };
  });

const listed = (names: readonly string[]): string => names.join(', ');
