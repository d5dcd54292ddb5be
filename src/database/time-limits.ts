import { Client } from 'pg';

/** What the server itself puts an end to, in milliseconds: what a statement may take, and what a transaction may idle. */
export const SERVER_LIMITS = {
  statement_timeout: 4000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

// A value that somebody gave this role in this database by hand stays.
const MISSING_LIMITS = `
  select format('alter role %I in database %I set %I to %L', r.rolname, d.datname, l.name, l.value) as statement
  from pg_roles r cross join pg_database d cross join unnest($2::text[], $3::text[]) as l (name, value)
  where r.rolname = $1 and d.datname = current_database() and not exists (
    select from pg_db_role_setting s cross join unnest(s.setconfig) as given
    where s.setrole = r.oid and s.setdatabase = d.oid and starts_with(given, l.name || '='))`;

/**
 * Has the server apply the limits to every new connection of the role that `url` signs in as, in the database of `client`:
 * a pooler keeps them from coming with the connection. In a transaction, which goes on where this role may not alter
 * that one: `TimeLimitsCheck` warns of what is missing.
 */
export async function limitRole(client: Client, url: string): Promise<void> {
  const { user } = new Client({ connectionString: url });
  const [names, values] = [Object.keys(SERVER_LIMITS), Object.values(SERVER_LIMITS).map(String)];
  const { rows } = await client.query<{ statement: string }>(MISSING_LIMITS, [user, names, values]);
  await client.query('savepoint before_limits');
  try {
    for (const { statement } of rows) await client.query(statement);
  } catch {
    await client.query('rollback to savepoint before_limits'); // fails where the connection is lost
  }
}
