import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** A web server of somebody else: files of a folder, and its index for every path that names none, as docs/page.md wants it. */
export class StaticSite {
  /** Paths asked for, oldest first. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
  ) {
    server.on('request', this.answer);
  }

  static async start(folder: string): Promise<StaticSite> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new StaticSite(server, folder);
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private readonly answer: RequestListener = (request, response) => {
    const { pathname } = new URL(request.url!, this.url);
    this.asked.push(pathname);
    const named = join(this.folder, pathname);
    const file = existsSync(named) && statSync(named).isFile() ? named : join(this.folder, 'index.html');
    const type = TYPES[extname(file)] ?? 'text/html; charset=utf-8';
    response.setHeader('Content-Type', type).end(readFileSync(file));
  };
}
