import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

const LOOK_MS = 100;

/**
 * A small round-robin proxy, as operators put one before replicas: it looks whether they are ready, and passes a request on to the
 * next one where nobody takes the connection, or where a replica that is going away refuses it (503 `draining`: nothing was stored).
 * Where none says that it is ready, each may be: on a slow machine they say so too late.
 */
export class LoadBalancer {
  /** Requests that no replica took. */
  refused = 0;
  private ready: string[] = [];
  private turn = 0;
  private readonly looking: NodeJS.Timeout;

  private constructor(
    private readonly server: Server,
    private readonly replicas: () => readonly string[],
  ) {
    this.looking = setInterval(() => void this.look(), LOOK_MS);
    server.on('request', (from: IncomingMessage, to: ServerResponse) => {
      this.pass(from, to).catch(() => to.destroy());
    });
  }

  /** @param replicas the URLs of those that there are, asked anew each time */
  static async before(replicas: () => readonly string[]): Promise<LoadBalancer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const balancer = new LoadBalancer(server, replicas);
    await balancer.look();
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    clearInterval(this.looking);
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async look(): Promise<void> {
    const isReady = async (url: string) =>
      (await fetch(`${url}/health/ready`).catch(() => null))?.status === 200 ? [url] : [];
    this.ready = (await Promise.all(this.replicas().map(isReady))).flat();
  }

  private async pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await buffer(from);
    const ready = this.ready.length > 0 ? this.ready : this.replicas();
    const first = ++this.turn % Math.max(1, ready.length);
    const inTurn = [...ready.slice(first), ...ready.slice(0, first)]; // as they were when the request came
    for (const replica of inTurn) {
      const answer = await send(replica, from, body).catch(() => null);
      if (!answer || (await isDraining(answer))) continue;
      to.writeHead(answer.statusCode!, answer.headers);
      to.flushHeaders();
      return pipeline(answer, to);
    }
    this.refused += 1;
    to.writeHead(502).end();
  }
}

async function send(replica: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const onward = request(new URL(url!, replica), { method, headers, agent: false });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  return answer;
}

async function isDraining(answer: IncomingMessage): Promise<boolean> {
  if (answer.statusCode !== 503) return false;
  const { code } = JSON.parse((await buffer(answer)).toString()) as { code: string };
  if (code !== 'draining') throw new Error(`503 ${code}`);
  return true;
}
