import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { WebServer } from './web-server';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Files of a folder, and its index for every path that names none, as docs/page.md wants it. */
export const serveFolder = (folder: string): Promise<WebServer> =>
  WebServer.start(({ url }, response) => {
    const named = join(folder, url!.split('?')[0]!);
    const file = existsSync(named) && statSync(named).isFile() ? named : join(folder, 'index.html');
    const type = TYPES[extname(file)] ?? 'text/html; charset=utf-8';
    response.setHeader('Content-Type', type).end(readFileSync(file));
  });
