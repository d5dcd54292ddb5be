import { WebServer } from './web-server';

/** As strict as Parley's own. */
const POLICY = "default-src 'self'";

const EXTENSIONS: Readonly<Record<string, string>> = { js: 'text/javascript' };

/**
 * For tests of what the browser tests stand on.
 * @param files bodies of pages and scripts by path. `/free` has no policy, and the body of `/stream` has no end.
 */
export const serveHtml = (files: Readonly<Record<string, string>>): Promise<WebServer> =>
  WebServer.start(({ url }, response) => {
    const path = url!;
    const body = files[path];
    if (path !== '/free') response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Content-Type', EXTENSIONS[path.split('.')[1] ?? ''] ?? 'text/html; charset=utf-8');
    if (path === '/stream') response.write('the beginning');
    else response.writeHead(body === undefined ? 404 : 200).end(body);
  });
