import type { TestDatabase } from './database';

export interface ColumnDump {
  readonly type: string;
  readonly nullable: boolean;
  /** Also of a generated or an identity column, which needs no value either. */
  readonly default: string | null;
}

export interface TableDump {
  readonly columns: Readonly<Record<string, ColumnDump>>;
  /** Primary and foreign keys, unique and check, as Postgres writes them. */
  readonly constraints: Readonly<Record<string, string>>;
  readonly indexes: Readonly<Record<string, string>>;
  readonly triggers: Readonly<Record<string, string>>;
  /** Storage parameters, and whether it is logged. */
  readonly storage: string;
}

export interface SchemaDump {
  readonly tables: Readonly<Record<string, TableDump>>;
  readonly functions: Readonly<Record<string, string>>;
}

// A table that is not ours is none of the dump; not null is told with the columns, and is a constraint since Postgres 18 only.
const DUMP = `
  select jsonb_build_object(
    'tables', (select coalesce(jsonb_object_agg(c.relname, jsonb_build_object(
      'storage', concat_ws(' ', c.relpersistence, c.reloptions::text),
      'columns', (
        select jsonb_object_agg(a.attname, jsonb_build_object(
          'type', format_type(a.atttypid, a.atttypmod), 'nullable', not a.attnotnull,
          'default', coalesce(pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity::text, ''))))
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      'constraints', (
        select coalesce(jsonb_object_agg(conname, pg_get_constraintdef(oid)), '{}') from pg_constraint
        where conrelid = c.oid and contype <> 'n'),
      'indexes', (
        select coalesce(jsonb_object_agg(indexrelid::regclass::text, pg_get_indexdef(indexrelid)), '{}')
        from pg_index where indrelid = c.oid),
      'triggers', (
        select coalesce(jsonb_object_agg(tgname, pg_get_triggerdef(oid)), '{}') from pg_trigger
        where tgrelid = c.oid and not tgisinternal)
    )), '{}') from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'migrations'),
    'functions', (select coalesce(jsonb_object_agg(oid::regprocedure::text, pg_get_functiondef(oid)), '{}')
      from pg_proc where pronamespace = 'public'::regnamespace)
  ) as dump`;

/** What the catalogs say of the schema, in an order that does not depend on how it came about. */
export async function dumpSchema(database: TestDatabase): Promise<SchemaDump> {
  const [row] = await database.query<{ dump: SchemaDump }>(DUMP);
  return row!.dump;
}
