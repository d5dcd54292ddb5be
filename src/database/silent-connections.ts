import type { Socket } from 'node:net';
import type { Client, ClientBase, Pool } from 'pg';

/**
 * A connection that did not answer in time may never answer again, and the pool, which knows nothing of that, would hand it out
 * first. So it is dropped: what else waits on it fails at once, and the next one who asks gets a new connection. Nor is anything known
 * of those that are idle meanwhile, as after a failover or behind a firewall that has forgotten them: they are dropped with it.
 */
export function dropSilentConnections(pool: Pool): void {
  const idle = new Set<ClientBase>();
  pool.on('connect', (client) =>
    watch(client, () => {
      void (client as Client).end(); // or the pool would hand it on, before its socket has closed
      for (const connection of [client, ...idle]) drop(connection);
    }),
  );
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('release', (_error, client) => idle.add(client));
  pool.on('remove', (client) => idle.delete(client));
}

function watch(client: ClientBase, whenSilent: () => void): void {
  const query = client.query.bind(client) as (...parameters: unknown[]) => Promise<unknown> | undefined;
  const watched = (...parameters: unknown[]) => {
    const result = query(...parameters);
    result?.catch((error: unknown) => {
      if (error instanceof Error && error.message === 'Query read timeout') whenSilent();
    });
    return result;
  };
  Object.assign(client, { query: watched });
}

const drop = (client: ClientBase): void => {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
};
