import { DomainError } from '../../src/common/errors/domain-error';
import { AppLogger } from '../../src/common/logging';
import { PageFile } from '../../src/page/page-file';
import { Client } from '../support/client';
import { BROWSER, expectNothingInline } from '../support/page';
import { expectProblem } from '../support/problem';
import { parseAnswer, sendRaw } from '../support/raw-http';
import { startApp, type RunningApp } from '../support/running-app';

const SECRET = 'the password of the database is hunter2';

describe('An error', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(() => parley.close());

  const ask = (path: string, headers: Record<string, string> = BROWSER, method = 'GET') =>
    fetch(parley.url + path, { method, headers, redirect: 'manual' });

  /** What a person reads. */
  const expectPage = async (response: Response, status: number, title: string) => {
    const html = await response.text();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('vary')).toBe('Accept');
    expect(html).toContain(`<title>${title} · Parley</title>`);
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html).toContain(`>${status}<`);
    expect(html).toMatch(/<p>[A-Z][^<]*\. Request [\w.-]+<\/p>/);
    expect(html).toContain(`Request ${response.headers.get('x-request-id')}<`);
    expect(html).not.toMatch(/%\w+%/);
    expectNothingInline(html);
    return html;
  };

  /** The next file of the page that is asked for fails in this way. */
  const failWith = (failure: Error) =>
    jest.spyOn(PageFile.prototype, 'send').mockImplementationOnce(() => {
      throw failure;
    });

  it.each([
    '/nope',
    '/c/mine',
    '/docs/nope',
    '/errors',
    '/errors/502',
    '/apiary',
    '/v10',
    '/healthy',
    '/openapi',
  ])('at %s is a page for a person', async (path) => {
    await expectPage(await ask(path), 404, 'Not found');
  });

  it.each([
    ...['*/*', 'application/json', 'application/problem+json', 'text/plain', 'text/event-stream', ''],
    ...['text/html;q=0.5, application/json', 'image/avif,image/webp,*/*;q=0.8', 'text/html;q=0', 'nonsense'],
    ...['application/json, text/plain, */*', 'application/json, text/html'],
  ])('is a problem for who accepts %s', async (accepted) => {
    const answer = await new Client(parley.url).get('//nope', { headers: { Accept: accepted } });
    expectProblem(answer, 404, 'not_found');
    expect(answer.headers.get('vary')).toBe('Accept');
  });

  it('is a problem for who says nothing of what is accepted', async () => {
    const lines = ['GET /nope HTTP/1.1', 'Host: x', 'Connection: close', '', ''];
    expectProblem(parseAnswer(await sendRaw(parley.url, ...lines)), 404, 'not_found');
  });

  it.each(['text/html', 'text/*', 'application/json;q=0.5, text/html', 'text/html, */*'])(
    'is a page for who accepts %s',
    async (accepted) => {
      await expectPage(await ask('/nope', { Accept: accepted }), 404, 'Not found');
    },
  );

  it.each([
    ['/api', 404],
    ['/api/v1', 404],
    ['/api/v1/nope', 404],
    ['/API/v1/nope', 404],
    ['/api/v1/conversations/%ff', 400],
    ['/api/v1/models', 401],
    ['/health/nope', 404],
    ['/openapi.xml', 404],
  ])('at %s is a problem, whatever is accepted', async (path, status) => {
    const answer = await new Client(parley.url).get(`/${path}`, { headers: BROWSER });
    expectProblem(answer, status, answer.body.code);
    expect(answer.headers.get('vary')).toBeNull();
  });

  it.each(['/v1', '/v1/nope', '/v1/models'])(
    'at %s is in the envelope, whatever is accepted',
    async (path) => {
      const response = await ask(path);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await response.json()).toHaveProperty('error.code');
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'of a %s is a problem, whatever is accepted',
    async (method) => {
      const answer = await new Client(parley.url).call<never>(method, '//nope', undefined, {
        headers: BROWSER,
      });
      expectProblem(answer, 404, 'not_found');
    },
  );

  it('of a HEAD is that of the GET, without a body', async () => {
    const [head, got] = [await ask('/nope', BROWSER, 'HEAD'), await ask('/nope')];
    expect(head.status).toBe(404);
    for (const name of ['content-type', 'vary']) expect(head.headers.get(name)).toBe(got.headers.get(name));
    expect(await head.text()).toBe('');
  });

  it('does not repeat what was asked for', async () => {
    const html = await expectPage(await ask('/zebra<script>?zebra=1'), 404, 'Not found');
    expect(html).not.toContain('zebra');
  });

  it('goes by the name that the caller gave the request', async () => {
    const html = await (await ask('/nope', { ...BROWSER, 'X-Request-Id': 'my.own-1' })).text();
    expect(html).toContain('Request my.own-1<');
  });

  it('before there is a path to speak of is a page, too', async () => {
    const lines = ['GET / HTTP/1.1', `Accept: ${BROWSER.Accept}`, 'Connection: close', '', '']; // no Host
    const received = await sendRaw(parley.url, ...lines);
    expect(received).toMatch(/^HTTP\/1\.1 400 .*\r\nContent-Type: text\/html; charset=utf-8\r\n/s);
    expect(received).toContain('<h1>The request could not be read</h1>');
  });

  it('on our side tells nobody what it was', async () => {
    const title = 'Something went wrong on our side';
    failWith(new Error(SECRET));
    const html = await expectPage(await ask('/'), 500, title);
    failWith(new Error(SECRET));
    const answer = await new Client(parley.url).get('//');
    expectProblem(answer, 500, 'internal');
    for (const told of [html, JSON.stringify(answer)]) expect(told).not.toMatch(/hunter2|\bat .*\.ts/);
  });

  it('has the headers that it has as a problem', async () => {
    const headersOf = async (headers: Record<string, string>) => {
      failWith(new DomainError('database_unavailable', 'Not now.', { headers: { 'X-Why': 'tea' } }));
      const response = await ask('/', headers);
      const differing = /^(date|x-request-id|content-(type|length))$/;
      return [...response.headers].filter(([name]) => !differing.test(name));
    };
    const [page, problem] = [await headersOf(BROWSER), await headersOf({ Accept: '*/*' })];
    expect(page).toEqual(problem);
    expect(page).toEqual(
      expect.arrayContaining([
        ['retry-after', '2'],
        ['x-why', 'tea'],
      ]),
    );
  });

  describe('shown on request', () => {
    it.each([
      [404, 'Not found', 'not_found'],
      [500, 'Something went wrong on our side', 'internal'],
    ])('looks like any other of status %d', async (status, title, code) => {
      await expectPage(await ask(`/errors/${status}`), status, title);
      expectProblem(await new Client(parley.url).get(`//errors/${status}`), status, code);
      expect(await (await ask(`/errors/${status}`, BROWSER, 'HEAD')).text()).toBe('');
    });

    it('alarms nobody, as a real one does', async () => {
      const alarms = jest.spyOn(parley.app.get(AppLogger), 'error');
      await ask('/errors/500');
      expect(alarms).not.toHaveBeenCalled();
      failWith(new Error(SECRET));
      await ask('/');
      expect(alarms).toHaveBeenCalledTimes(1);
    });
  });
});
