import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { errorForLog } from '../common/errors/error-for-log';

export interface MetricsAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Gives the metrics of this process out at `/metrics`, on a port of their own, so that nothing of them is ever on the public one. Node's
 * own (event loop, memory, garbage collection) are among them.
 *
 * @throws Error – the port is taken.
 */
export async function serveMetrics(
  registry: Registry,
  { host, port }: MetricsAddress,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] === '/metrics') void answer(registry, response);
    else response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, 'listening');
  collectDefaultMetrics({ register: registry });
  return {
    port: (server.address() as { port: number }).port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(registry: Registry, response: ServerResponse): Promise<void> {
  try {
    const text = await registry.metrics();
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(text);
  } catch (error) {
    new Logger('Metrics').error({ msg: 'metrics could not be collected', err: errorForLog(error) });
    response.writeHead(500).end();
  }
}
