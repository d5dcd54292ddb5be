import { newId } from '../../src/common/ids';
import { Client } from '../support/client';
import { BROWSER, expectNothingInline, ifChanged, settingsIn } from '../support/page';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const SOME_ID = 'A197c000-0000-4000-8000-000000000000'; // of a kind that we do not make
const PATHS = [
  ...['/', '/?from=elsewhere', `/c/${newId()}`, `/c/${SOME_ID}`, '/sign-in', '/register', '/settings'],
  ...['/settings/account', '/settings/sessions', '/settings/keys', '/settings/usage'],
];

describe('The page', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterAll(() => parley.close());

  const ask = (path: string, headers: Record<string, string> = BROWSER, method = 'GET') =>
    fetch(parley.url + path, { method, headers, redirect: 'manual' });

  it.each(PATHS)('is at %s, for who has signed in as for who has not', async (path) => {
    for (const headers of [BROWSER, { Accept: '*/*' }, { ...BROWSER, Authorization: 'Bearer old' }]) {
      const response = await ask(path, headers);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await response.text()).toMatch(/^<!doctype html>.*<title>Parley<\/title>.*<div id="page">/s);
    }
  });

  it.each([
    ...['/c', '/c/', '/c/mine', '/c/123', `/c/${newId()}0`, `/c/${newId()}/more`, `/c/x${newId()}`],
    ...['/settings/nope', '/settings/usage/x', '/sign-in/x', '/chat', '/index.html', '/index'],
  ])('is not at %s', async (path) => {
    expectProblem(await new Client(parley.url).get(`/${path}`), 404, 'not_found');
    expect((await ask(path)).status).toBe(404);
  });

  it('has no script and no style in it, only files of ours', async () => {
    const html = await (await ask('/')).text();
    expectNothingInline(html);
    const files = [...html.matchAll(/ (?:src|href)="([^"#]+)"/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const path of files) expect((await ask(path)).status).toBe(200);
  });

  it('is told what holds here', async () => {
    const html = await (await ask('/')).text();
    expect(settingsIn(html)).toEqual({ guests: true, registration: true, messageMaxChars: 5000 });
    expect(html.indexOf('parley-settings')).toBeLessThan(html.indexOf('</head>'));
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('takes no %s', async (method) => {
    for (const path of ['/', '/sign-in', `/c/${SOME_ID}`, '/theme.js', '/errors/500']) {
      const answer = await new Client(parley.url).call<never>(method, `/${path}`);
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  it('answers HEAD as GET, without a body', async () => {
    const [head, got] = [await ask('/', BROWSER, 'HEAD'), await ask('/')];
    expect(head.status).toBe(200);
    for (const name of [
      'content-type',
      'content-length',
      'content-encoding',
      'etag',
      'cache-control',
      'vary',
    ])
      expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)]);
    expect(await head.text()).toBe('');
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['*', 'br'],
    ['identity', null],
    ['deflate', null],
    ['br;q=0, gzip;q=0', null],
    ['', null],
  ])('is sent to who accepts "%s" in the encoding %s', async (accepted, encoding) => {
    const plain = await (await ask('/', { 'Accept-Encoding': 'identity' })).text();
    const response = await ask('/', { 'Accept-Encoding': accepted });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toBe('Accept-Encoding');
    expect(await response.text()).toBe(plain); // unpacked by fetch
    const length = Number(response.headers.get('content-length'));
    if (encoding === null) expect(length).toBe(Buffer.byteLength(plain));
    else expect(length).toBeLessThan(Buffer.byteLength(plain));
  });

  it('is asked for again each time, and sent again only where it has changed', async () => {
    const etags = new Set<string>();
    for (const accepted of ['br', 'gzip', 'identity']) {
      const headers = { 'Accept-Encoding': accepted };
      const first = await ask('/', headers);
      const etag = first.headers.get('etag')!;
      expect(first.headers.get('cache-control')).toBe('no-cache');
      expect(etag).toMatch(/^"[^"]+"$/); // strong: one for each encoding
      etags.add(etag);
      const again = await ask('/sign-in', { ...headers, ...ifChanged(`"old", W/${etag}`) });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe('');
      expect(again.headers.get('content-encoding')).toBeNull();
      for (const name of ['etag', 'cache-control', 'vary'])
        expect(again.headers.get(name)).toBe(first.headers.get(name));
      expect((await ask('/', { ...headers, ...ifChanged('"old"') })).status).toBe(200);
    }
    expect(etags.size).toBe(3);
  });
});

describe('The page of a Parley that is set otherwise', () => {
  let parley: RunningApp;
  let other: RunningApp;

  beforeAll(async () => {
    other = await startApp();
    parley = await startApp({
      ...{ GUESTS: 'off', REGISTRATION: 'closed', MESSAGE_MAX_CHARS: '77' },
      ...{ RATE_LIMITS: 'on', LIMIT_DEFAULT: '2/1h', CORS_ORIGINS: 'https://chat.example.com' },
    });
  });

  afterAll(() => Promise.all([parley.close(), other.close()]));

  it('is told so', async () => {
    const html = await (await fetch(parley.url)).text();
    expect(settingsIn(html)).toEqual({ guests: false, registration: false, messageMaxChars: 77 });
  });

  it('is another for caches', async () => {
    const [one, two] = [await fetch(parley.url), await fetch(other.url)];
    expect(one.headers.get('etag')).not.toBe(two.headers.get('etag'));
  });

  it.each(['/', '/theme.js', '/nope', '/errors/404'])('is not limited at %s', async (path) => {
    for (let n = 0; n < 5; n++) {
      const { status, headers } = await fetch(parley.url + path, { headers: BROWSER });
      expect([200, 404]).toContain(status);
      expect([...headers.keys()].filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
    }
  });

  it('says all that an answer hangs on', async () => {
    const { headers } = await fetch(parley.url, { headers: { Origin: 'https://chat.example.com' } });
    expect(headers.get('vary')).toBe('Origin, Accept-Encoding');
  });
});
