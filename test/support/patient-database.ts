import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** From now on nobody who waits there for a connection, a lock or an answer is told that it takes too long: the machine may be slow, and all others too. */
export async function makePatient({ driver }: DataSource): Promise<void> {
  const { master } = driver as unknown as { readonly master: Pool };
  const limits = ['connectionTimeoutMillis', 'statement_timeout', 'query_timeout'];
  Object.assign(master.options, Object.fromEntries(limits.map((limit) => [limit, 60_000])));
  while (master.idleCount > 0) (await master.connect()).release(true); // made under the usual limits
}
