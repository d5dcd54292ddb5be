import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server of the tests' own, which is not Parley's. */
export class WebServer {
  /** Paths asked for, oldest first, with their queries. */
  readonly asked: string[] = [];

  private constructor(private readonly server: Server) {
    server.prependListener('request', ({ url }) => this.asked.push(url!));
  }

  static async start(answer: RequestListener): Promise<WebServer> {
    const server = createServer(answer);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new WebServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
