import { Client } from 'pg';

export const ROWS = ['select', 'insert', 'update', 'delete'] as const;

/** The names of the migrations: readiness looks at them. */
const MIGRATIONS_TABLE = 'migrations';

// Only what is missing: a grant that changes nothing would still be written into the catalog, by every start.
// A role that only a pooler knows is nobody here.
const MISSING_GRANTS = `
  select format('grant %s on %I to %I', n.privilege, n.name, r.rolname) as statement
  from pg_roles r cross join unnest($2::text[], $3::text[]) as n (name, privilege)
  where r.rolname = $1 and r.rolname <> current_user and not has_table_privilege(r.oid, n.name::regclass, n.privilege)
  union all
  select format('grant usage on schema %I to %I', current_schema(), r.rolname) from pg_roles r
  where r.rolname = $1 and r.rolname <> current_user and not has_schema_privilege(r.oid, current_schema(), 'usage')`;

/**
 * Lets the role that `appUrl` signs in as read and write the rows of these tables, and see which migrations there were:
 * no more, so that it cannot change the schema. After every migration, since it may have made a table.
 */
export async function grantRows(client: Client, appUrl: string, tables: readonly string[]): Promise<void> {
  const { user } = new Client({ connectionString: appUrl });
  const needed = [
    ...tables.flatMap((table) => ROWS.map((privilege) => [table, privilege] as const)),
    [MIGRATIONS_TABLE, 'select'] as const,
  ];
  const [names, privileges] = [needed.map(([name]) => name), needed.map(([, privilege]) => privilege)];
  const { rows } = await client.query<{ statement: string }>(MISSING_GRANTS, [user, names, privileges]);
  for (const { statement } of rows) await client.query(statement);
}
