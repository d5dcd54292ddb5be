import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As strict as Parley's own. */
const POLICY = "default-src 'self'";

const EXTENSIONS: Readonly<Record<string, string>> = { js: 'text/javascript' };

/** A server of the test's own, for tests of what the browser tests stand on. */
export class HtmlServer {
  /** Paths asked for, oldest first. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly files: Readonly<Record<string, string>>,
  ) {
    server.on('request', this.answer);
  }

  /** @param files bodies of pages and scripts by path. `/free` has no policy, and the body of `/stream` has no end. */
  static async start(files: Readonly<Record<string, string>>): Promise<HtmlServer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new HtmlServer(server, files);
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

  private readonly answer: RequestListener = (request, response) => {
    const path = request.url!;
    this.asked.push(path);
    const body = this.files[path];
    if (path !== '/free') response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Content-Type', EXTENSIONS[path.split('.')[1] ?? ''] ?? 'text/html; charset=utf-8');
    if (path === '/stream') response.write('the beginning');
    else response.writeHead(body === undefined ? 404 : 200).end(body);
  };
}
