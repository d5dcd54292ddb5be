import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Described } from './described-statement';
import type { SchemaDump } from './schema-dump';

export const FIXTURES = join(__dirname, '..', 'fixtures');

/** A statement that a release sends, and what it was to the database of that release. */
export interface BaselineStatement extends Described {
  readonly text: string;
}

/** What the last release was: its schema, and all that it sends to the database. */
export interface Baseline {
  readonly version: string;
  readonly schema: SchemaDump;
  readonly statements: readonly BaselineStatement[];
}

/** Of the one release whose code must work on the schema of this one. */
export function readBaseline(): Baseline {
  const folders = readdirSync(FIXTURES).filter((name) => name.startsWith('baseline-'));
  if (folders.length !== 1) throw new Error(`Expected one baseline, found: ${folders.join(', ')}`);
  const [folder] = folders;
  const read = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, folder!, name), 'utf8'));
  return {
    version: folder!.replace('baseline-', ''),
    schema: read('schema.json') as SchemaDump,
    statements: read('statements.json') as BaselineStatement[],
  };
}
