import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../support/client';
import { BROWSER, ifChanged } from '../support/page';
import { expectProblem } from '../support/problem';
import { parseAnswer, sendRaw } from '../support/raw-http';
import { startApp, type RunningApp } from '../support/running-app';

const BUILT = join(__dirname, '..', '..', 'web', 'dist');
const isPacked = (name: string) => /\.(br|gz)$/.test(name);

describe('The files of the page', () => {
  let parley: RunningApp;
  /** What was built, by its path in URLs. */
  let built: ReadonlyMap<string, Buffer>;
  let assets: string[];

  beforeAll(async () => {
    parley = await startApp();
    assets = readdirSync(join(BUILT, 'assets')).map((name) => `/assets/${name}`);
    built = new Map(assets.map((path) => [path, readFileSync(join(BUILT, path))]));
  });

  afterAll(() => parley.close());

  const ask = (path: string, headers: Record<string, string> = {}) => fetch(parley.url + path, { headers });

  it('are those that were built, and assets are kept for good', async () => {
    const names = assets.filter((name) => !isPacked(name));
    expect(names.map((name) => name.split('.').at(-1)).sort()).toEqual(expect.arrayContaining(['css', 'js']));
    for (const path of names) {
      const response = await ask(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(
        path.endsWith('.css') ? /^text\/css\b/ : /^(text\/javascript|font|image)\b/,
      );
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(Buffer.from(await response.arrayBuffer())).toEqual(built.get(path));
    }
  });

  it('are sent packed to who can unpack them', async () => {
    const path = assets.find((name) => name.endsWith('.js'))!;
    for (const [accepted, encoding, ending] of [
      ['gzip, deflate, br, zstd', 'br', '.br'],
      ['gzip', 'gzip', '.gz'],
      ['gzip;q=0', null, ''],
    ] as const) {
      const response = await ask(path, { 'Accept-Encoding': accepted });
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(response.headers.get('vary')).toBe('Accept-Encoding');
      const { length } = built.get(path + ending)!;
      expect(response.headers.get('content-length')).toBe(String(length));
      expect(Buffer.from(await response.arrayBuffer())).toEqual(built.get(path));
    }
  });

  it.each([
    ['/theme.js', 'text/javascript; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
  ])('are asked for again where their name stays the same, as that of %s', async (path, type) => {
    const { status, headers } = await ask(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('cache-control')).toBe('no-cache');
    const again = await ask(path, ifChanged(headers.get('etag')!));
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  it.each(['bytes=0-1', 'bytes=-1', 'bytes=9-2', 'bytes=999999999-', 'x', 'bytes=0-1,3-4'])(
    'are sent whole to who asks for the range %s',
    async (range) => {
      const whole = await (await ask('/theme.js')).text();
      const response = await ask('/theme.js', { Range: range });
      expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: whole });
    },
  );

  it('have no other names', async () => {
    const packed = assets.filter(isPacked);
    expect(packed.length).toBeGreaterThanOrEqual(2);
    const others = ['/index.html', '/error.html', '/error', '/theme', '/assets', '/assets/', '/assets/x.js'];
    for (const path of [...packed, ...others]) {
      expectProblem(await new Client(parley.url).get(`/${path}`), 404, 'not_found');
      expect((await ask(path, BROWSER)).status).toBe(404);
    }
  });

  it.each([
    ...['/..%2f..%2fpackage.json', '/../package.json', '/../../package.json', '/%2e%2e/%2e%2e/package.json'],
    ...['/assets/../error.html', '/assets/..%2ferror.html', '/assets/../index.html', '/assets/../../../.env'],
    ...['/assets/..\\error.html', '/assets/%5c..%5cerror.html', '/./theme.js', '//theme.js', '/%2ftheme.js'],
    ...[
      '/theme.js%00',
      '/theme.js%00.html',
      '/theme.js/..',
      '/etc/passwd',
      '//etc/passwd',
      '/web/dist/theme.js',
    ],
    ...[
      '/.built-from',
      '/assets/%252e%252e/error.html',
      '/src/main.tsx',
      '/package.json',
      '/node_modules/sirv',
    ],
  ])('do not lead to %s', async (path) => {
    const received = await sendRaw(
      parley.url,
      ...[`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', '', ''],
    );
    expectProblem(parseAnswer(received), 404, 'not_found');
  });
});
