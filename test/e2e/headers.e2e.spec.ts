import { Client, type CallOptions } from '../support/client';
import { BROWSER, ifChanged } from '../support/page';
import { startApp, type RunningApp } from '../support/running-app';

const OURS = 'https://chat.example.com';
const THEIRS = 'https://evil.example.com';
const MADE = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

type Kind = readonly [what: string, method: string, path: string, status: number, options?: CallOptions];

/** One of each kind of answer. */
const KINDS: readonly Kind[] = [
  ['JSON', 'GET', '/models', 200],
  ['nothing', 'DELETE', '/conversations', 204],
  ['a probe', 'GET', '//health/ready', 200],
  ['a problem', 'GET', '/nope', 404],
  [
    'a problem before any route',
    'POST',
    '/conversations',
    400,
    { raw: '{', headers: { 'Content-Type': 'application/json' } },
  ],
  ['a refusal', 'GET', '/users/me', 401, { headers: { Authorization: 'Bearer x' } }],
  ['a wrong method', 'PUT', '/models', 405],
  ['the page', 'GET', '//', 200],
  ['a file of the page', 'GET', '//theme.js', 200],
  ['what has not changed', 'GET', '//theme.js', 304, { headers: ifChanged('*') }],
  ['an error page', 'GET', '//nope', 404, { headers: BROWSER }],
  ['the documents', 'GET', '//docs', 200],
  ['a script', 'GET', '//docs/swagger-ui-init.js', 200],
  ['the contract', 'GET', '//openapi.json', 200],
  ['no body', 'HEAD', '/models', 200],
];

describe('Headers', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp({ CORS_ORIGINS: `${OURS},http://localhost:5173` });
    ana = await Client.guest(parley.url);
  });

  afterAll(() => parley.close());

  const ask = (client: Client, method: string, path: string, options: CallOptions = {}) =>
    fetch(client.url + (path.startsWith('//') ? path.slice(1) : `/api/v1${path}`), {
      ...{ method, redirect: 'manual', body: options.raw },
      headers: { Authorization: `Bearer ${client.tokens!.accessToken}`, ...options.headers },
    });

  describe.each(KINDS.map(([what, ...rest]) => ({ what, rest })))('of $what', ({ rest }) => {
    const [method, path, status, options] = rest;

    it('are safe', async () => {
      const { status: actual, headers } = await ask(ana, method, path, options);
      expect(actual).toBe(status);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(
        /script-src[^;]*unsafe|default-src[^;]*unsafe/,
      );
      expect(headers.get('x-powered-by')).toBeNull();
    });

    it('name the request', async () => {
      const { headers } = await ask(ana, method, path, options);
      expect(headers.get('x-request-id')).toMatch(MADE);
    });

    it('open up to the origins that are configured, and to no other', async () => {
      const allowed = async (origin: string) => {
        const { headers } = await ask(ana, method, path, {
          ...options,
          headers: { ...options?.headers, Origin: origin },
        });
        return headers.get('access-control-allow-origin');
      };
      expect(await allowed(OURS)).toBe(OURS);
      expect(await allowed(THEIRS)).toBeNull();
      expect(await allowed(`${OURS}.evil.example`)).toBeNull();
      expect(await allowed('null')).toBeNull();
    });
  });

  describe('that name the request', () => {
    const idFor = async (given: string, path = '/models') => {
      const { headers, body } = await ana.get<{ requestId?: string }>(path, {
        headers: { 'X-Request-Id': given },
      });
      return { header: headers.get('x-request-id'), inBody: body.requestId };
    };

    it.each(['a', 'A-b_c.9', 'x'.repeat(128)])('say what the caller calls it: %s', async (id) => {
      expect(await idFor(id)).toMatchObject({ header: id });
      expect(await idFor(id, '/nope')).toEqual({ header: id, inBody: id });
    });

    it.each(['', 'x'.repeat(129), 'with space', 'a/b', 'é', '{"a":1}', '%0a'])(
      'are made where the caller calls it "%s"',
      async (id) => {
        const { header, inBody } = await idFor(id, '/nope');
        expect(header).toMatch(MADE);
        expect(inBody).toBe(header);
      },
    );

    it('are another for each request', async () => {
      const [one, other] = [await ana.get('/models'), await ana.get('/models')];
      expect(one.headers.get('x-request-id')).not.toBe(other.headers.get('x-request-id'));
    });
  });

  describe('for browsers', () => {
    const preflight = (origin: string, url = parley.url) =>
      fetch(`${url}/api/v1/conversations`, {
        method: 'OPTIONS',
        headers: {
          ...{ Origin: origin, 'Access-Control-Request-Method': 'POST' },
          'Access-Control-Request-Headers': 'authorization,content-type',
        },
      });

    it('let the configured origins ask', async () => {
      const { status, headers } = await preflight(OURS);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(OURS);
      expect(headers.get('access-control-allow-methods')).toMatch(/POST/);
      expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type');
      expect(headers.get('vary')).toMatch(/Origin/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    });

    it('let no other origin ask', async () => {
      expect((await preflight(THEIRS)).headers.get('access-control-allow-origin')).toBeNull();
    });

    it('let them see what the contract promises in headers', async () => {
      const { headers } = await ask(ana, 'GET', '/models', { headers: { Origin: OURS } });
      const exposed = headers.get('access-control-expose-headers')!.split(',');
      expect(exposed).toEqual(
        expect.arrayContaining([
          'Content-Disposition',
          'Location',
          'RateLimit',
          'RateLimit-Policy',
          'Retry-After',
          'X-Request-Id',
        ]),
      );
    });

    it('let the refresh cookie come along from an origin that is named, and from no other', async () => {
      const origins = [OURS, THEIRS];
      const answers = await Promise.all(
        origins.map((Origin) => ask(ana, 'GET', '/models', { headers: { Origin } })),
      );
      const [ours, theirs] = answers.map(({ headers }) => headers);
      expect(ours!.get('access-control-allow-origin')).toBe(OURS);
      expect(ours!.get('access-control-allow-credentials')).toBe('true');
      expect(theirs!.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe('of a HEAD request', () => {
    it.each(['/models', '/conversations', '/nope', '//health/live', '//openapi.json', '//', '//theme.js'])(
      'are those of GET for %s, with no body',
      async (path) => {
        const [head, got] = [await ask(ana, 'HEAD', path), await ask(ana, 'GET', path)];
        expect(head.status).toBe(got.status);
        for (const name of ['content-type', 'content-length']) {
          const [ofHead, ofGet] = [head, got].map(({ headers }) => headers.get(name));
          if (path !== '/nope' || name === 'content-type') expect(ofHead).toBe(ofGet);
        }
        expect(await head.text()).toBe('');
      },
    );
  });
});

describe('Headers where no origin is configured', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterAll(() => parley.close());

  it('let no other origin ask', async () => {
    const { status, headers } = await fetch(`${parley.url}/api/v1/conversations`, {
      method: 'OPTIONS',
      headers: { Origin: OURS, 'Access-Control-Request-Method': 'POST' },
    });
    expect(status).toBe(405);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});
