import type { ClientBase } from 'pg';

/** How long a new connection has to say where it leads to: whoever waits for it has a statement to send yet. */
const DIRECT_MS = 1_000;

/** Statements whose plans are kept, with the names that they have on a connection. */
export const KEPT_PLANS = new Map<string, string>();

/**
 * Has each connection keep its plan of a statement: for those that are sent with each question, half of whose cost is planning.
 * The plan has to be right for all parameters, and for tables that were small when it was made (test/integration/kept-plans.spec.ts).
 * What it gives has to keep its type when a migration makes a column longer, or the connection is of no use for it any more: text is
 * given as `text` (test/e2e/longer-columns.e2e.spec.ts).
 */
export function keepPlan(name: string, sql: string): string {
  KEPT_PLANS.set(sql, name);
  return sql;
}

/**
 * Gives these statements their names on a new connection, if it leads to Postgres itself. A pooler may hand each statement to another
 * connection, where nothing has that name; it is known by the process that it does not name truly. One that does not say so in time
 * goes without names.
 */
export async function keepPlans(client: ClientBase): Promise<void> {
  if (await isDirect(client).catch(() => false)) nameStatements(client);
}

async function isDirect(client: ClientBase): Promise<boolean> {
  const question = { text: 'select pg_backend_pid() as pid', query_timeout: DIRECT_MS };
  const { rows } = await client.query<{ pid: number }>(question);
  return rows[0]?.pid === (client as unknown as { readonly processID: number | null }).processID;
}

function nameStatements(client: ClientBase): void {
  const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
  const named = (text: unknown, ...more: unknown[]) => {
    const name = KEPT_PLANS.get(text as string);
    if (name === undefined) return query(text, ...more);
    const [values, ...callback] = more;
    return query({ name, text, values }, ...callback);
  };
  Object.assign(client, { query: named });
}
