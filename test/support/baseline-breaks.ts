import type { BaselineStatement } from './baseline';
import { describeStatements, type Described } from './described-statement';
import type { ColumnDump, SchemaDump, TableDump } from './schema-dump';

/** What of a release's schema is gone or narrower now, a sentence each. */
export function breaksOfSchema(before: SchemaDump, now: SchemaDump): string[] {
  return [
    ...Object.entries(before.tables).flatMap(([name, table]) => {
      const after = now.tables[name];
      return after ? breaksOfTable(name, table, after) : [`Table ${name} is gone.`];
    }),
    ...gone('Function', before.functions, now.functions),
  ];
}

/** Which statements of a release the database at `url` refuses, or takes for something else; a sentence each. */
export async function breaksOfStatements(
  url: string,
  statements: readonly BaselineStatement[],
): Promise<string[]> {
  const texts = statements.map(({ text }) => text);
  const now = await describeStatements(url, texts);
  return statements.flatMap((before, n) => breakOfStatement(before, now[n]!));
}

function breaksOfTable(table: string, before: TableDump, now: TableDump): string[] {
  return [
    ...Object.entries(before.columns).flatMap(([name, column]) => {
      const [full, after] = [`${table}.${name}`, now.columns[name]];
      return after ? breaksOfColumn(full, column, after) : [`Column ${full} is gone.`];
    }),
    ...newNames(before.columns, now.columns)
      .filter((name) => !now.columns[name]!.nullable && now.columns[name]!.default === null)
      .map(
        (name) => `Column ${table}.${name} is new and needs a value, which the version before never gives.`,
      ),
    ...gone('Trigger', before.triggers, now.triggers),
    ...gone('Index', before.indexes, now.indexes),
    ...changed('Index', before.indexes, now.indexes),
    ...gone('Constraint', before.constraints, now.constraints),
    ...changed('Constraint', before.constraints, now.constraints),
    ...newRules(before, now).map((rule) => `${rule} binds columns that the version before fills without it.`),
  ];
}

function breaksOfColumn(name: string, before: ColumnDump, now: ColumnDump): string[] {
  return [
    !isSameOrLonger(before.type, now.type) && `Column ${name} was ${before.type} and is ${now.type}.`,
    before.nullable && !now.nullable && `Column ${name} may be null no more.`,
    before.default !== null && now.default === null && `Column ${name} has its default no more.`,
  ].filter((line) => line !== false);
}

function isSameOrLonger(before: string, now: string): boolean {
  const [old, young] = [before, now].map((type) => /^(character varying)\((\d+)\)(.*)$/.exec(type));
  if (!old || !young) return before === now;
  return old[3] === young[3] && Number(young[2]) >= Number(old[2]);
}

type Named = Readonly<Record<string, unknown>>;

const newNames = (before: Named, now: Named) => Object.keys(now).filter((name) => !(name in before));

const gone = (what: string, before: Named, now: Named) =>
  newNames(now, before).map((name) => `${what} ${name} is gone.`);

const changed = (what: string, before: Named, now: Named) =>
  Object.keys(before)
    .filter((name) => name in now && now[name] !== before[name])
    .map((name) => `${what} ${name} is another one now: ${String(now[name])}`);

/** Constraints and unique indexes that are new, and speak of a column that is not. */
function newRules(before: TableDump, now: TableDump): string[] {
  const constraints = newNames(before.constraints, now.constraints).map(
    (name) => [`Constraint ${name}`, now.constraints[name]!.replace(/ REFERENCES .*$/, '')] as const,
  );
  const indexes = newNames(before.indexes, now.indexes)
    .filter((name) => now.indexes[name]!.startsWith('CREATE UNIQUE') && !(name in now.constraints))
    .map((name) => [`Unique index ${name}`, now.indexes[name]!.replace(/^.*? USING /, '')] as const);
  const speaksOfOld = (definition: string) =>
    Object.keys(before.columns).some((column) => new RegExp(`\\b${column}\\b`).test(definition));
  return [...constraints, ...indexes].filter(([, rule]) => speaksOfOld(rule)).map(([name]) => name);
}

function breakOfStatement(before: BaselineStatement, now: Described | { refusal: string }): string[] {
  const statement = before.text.replaceAll(/\s+/g, ' ').trim().slice(0, 120);
  if ('refusal' in now) return [`Refused (${now.refusal}): ${statement}`];
  const differs = (key: 'parameters' | 'columns') => JSON.stringify(before[key]) !== JSON.stringify(now[key]);
  return [
    differs('parameters') &&
      `Takes ${now.parameters.join(', ')} for ${before.parameters.join(', ')}: ${statement}`,
    differs('columns') && `Gives ${listed(now)} for ${listed(before)}: ${statement}`,
  ].filter((line) => line !== false);
}

const listed = ({ columns }: Described) => columns.map(({ name, type }) => `${name} ${type}`).join(', ');
