import { gzipSync } from 'node:zlib';
import { Client } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const SOME_ID = '0197c000-0000-7000-8000-000000000000';

describe('Problems', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
    ana = await Client.guest(parley.url);
  });

  afterAll(() => parley.close());

  /** To a route that takes a body with any text in it. */
  const post = (raw: NonNullable<RequestInit['body']>, headers: Record<string, string> = JSON_TYPE) =>
    ana.post('/conversations', undefined, { raw, headers });

  it.each([
    ['GET', '//nope'],
    ['POST', '//nope'],
    ['GET', '//favicon.ico'],
    ['GET', '//api'],
    ['GET', '//api/v1'],
    ['PUT', '//api/v1'],
    ['GET', '/nope'],
    ['DELETE', '/nope'],
    ['GET', '/conversations/x/nope'],
    ['GET', '//api/v2/models'],
    ['GET', '//health/nope'],
    ['GET', '//docs/nope'],
    ['GET', '//docs/../src/main.ts'],
    ['GET', '//.env'],
  ])('answer %s %s, where nothing is', async (method, path) => {
    expectProblem(await ana.call(method, path), 404, 'not_found');
    expectProblem(await new Client(parley.url).call(method, path), 404, 'not_found');
  });

  it.each([
    ['PUT', '/models', 'GET, HEAD'],
    ['OPTIONS', '/models', 'GET, HEAD'],
    ['POST', '/users/me', 'DELETE, GET, HEAD, PATCH'],
    ['GET', '/auth/login', 'POST'],
    ['PUT', '/conversations', 'DELETE, GET, HEAD, POST'],
    ['POST', `/conversations/${SOME_ID}`, 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', `/conversations/${SOME_ID}/messages`, 'GET, HEAD, POST'],
    ['GET', `/conversations/${SOME_ID}/messages/${SOME_ID}/cancel`, 'POST'],
    ['POST', '//health/live', 'GET, HEAD'],
    ['POST', '//openapi.json', 'GET, HEAD'],
    ['POST', '//', 'GET, HEAD'],
    ['PROPFIND', '/models', 'GET, HEAD'],
  ])('answer %s %s with the methods that the path has', async (method, path, allow) => {
    const answer = await new Client(parley.url).call<never>(method, path);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each([
    '/conversations/%',
    '/conversations/%ff',
    '/conversations/%E0%A4%A',
    '/%',
    '//%',
    '//%c0%ae',
    '//docs/%',
  ])('answer the path %s, which says nothing in UTF-8', async (path) => {
    const answer = await ana.get(path);
    expect([400, 404]).toContain(answer.status);
    expectProblem(answer, answer.status, answer.status === 400 ? 'malformed_request' : 'not_found');
  });

  it.each([
    '%00',
    '%2e%2e',
    '..%2f..%2fetc%2fpasswd',
    '%20',
    'x'.repeat(2000),
    '%F0%9F%98%80',
    "'%20or%201=1--",
  ])('answer the id %s as one that nobody has', async (id) =>
    expectProblem(await ana.get(`/conversations/${id}`), 404, 'not_found'),
  );

  describe('of a body', () => {
    it('answer more than 100 KB, and take 100 KB', async () => {
      const bodyOf = (bytes: number) => `{"title":"x"}${' '.repeat(bytes - 13)}`;
      expect((await post(bodyOf(100 * 1024))).status).toBe(201);
      expectProblem(await post(bodyOf(100 * 1024 + 1)), 413, 'payload_too_large');
    });

    it('answer what is small only until it is unpacked', async () => {
      const raw = gzipSync(`{"title":"x"}${' '.repeat(10_000_000)}`);
      expectProblem(await post(raw, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }), 413, 'payload_too_large');
    });

    it.each<[string, Record<string, string>]>([
      ['text', { 'Content-Type': 'text/plain' }],
      ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
      ['a kind of JSON', { 'Content-Type': 'application/merge-patch+json' }],
      ['no type', { 'Content-Type': '' }],
      ['UTF-16', { 'Content-Type': 'application/json; charset=utf-16' }],
      ['Latin-1', { 'Content-Type': 'application/json;charset="ISO-8859-1"' }],
      ['an unknown packing', { ...JSON_TYPE, 'Content-Encoding': 'zip' }],
    ])('answer %s', async (_what, headers) => {
      expectProblem(await post('{"title":"x"}', headers), 415, 'unsupported_media_type');
    });

    it.each([
      'application/json;charset=utf-8',
      'application/json; charset="UTF-8"',
      'Application/JSON; charset=Utf-8',
      'application/json; version=1',
    ])('have nothing against %s', async (type) => {
      expect((await post('{"title":"x"}', { 'Content-Type': type })).status).toBe(201);
    });

    it.each<[string, string | Buffer, Record<string, string>?]>([
      ['half an object', '{"title":'],
      ['two objects', '{}{}'],
      ['a comma too many', '{"title":"x",}'],
      ['a name without quotes', '{title:"x"}'],
      ['what is no number', '{"title":NaN}'],
      ['a text', '"title"'],
      ['null', 'null'],
      ['a number', '1'],
      ['a line break in a text', '{"title":"a\nb"}'],
      ['half an escape', '{"title":"\\u12"}'],
      ['bytes that are no UTF-8', Buffer.from([...Buffer.from('{"title":"'), 0xc3, 0x28, 0x22, 0x7d])],
      ['an overlong slash', Buffer.from([...Buffer.from('{"title":"'), 0xc0, 0xaf, 0x22, 0x7d])],
      [
        'half a surrogate pair in bytes',
        Buffer.from([...Buffer.from('{"title":"'), 0xed, 0xa0, 0x80, 0x22, 0x7d]),
      ],
      ['JSON that is no packed JSON', Buffer.from('{}'), { ...JSON_TYPE, 'Content-Encoding': 'gzip' }],
      ['33 levels', `{"metadata":${'{"a":'.repeat(32)}1${'}'.repeat(33)}`],
      ['10,000 levels of lists', `{"metadata":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
      ['10,000 levels of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
      ['10,000 levels left open', '['.repeat(10_000)],
    ])('answer %s', async (_what, raw, headers = JSON_TYPE) => {
      expectProblem(await post(raw, headers), 400, 'malformed_request');
    });

    it('answer a list', async () => {
      const answer = await post('[]');
      expectProblem(answer, 400, 'validation_failed');
      expect(answer.body.errors).toMatchObject([{ path: '' }]);
    });

    it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a/b~c'])(
      'answer a field of the name %s wherever it stands',
      async (name) => {
        const key = JSON.stringify(name);
        const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        for (const raw of [`{${key}:{"title":"x"}}`, `{${key}:null,"title":"x"}`, `{"title":"x",${key}:1}`]) {
          const answer = await post(raw);
          expectProblem(answer, 400, 'validation_failed');
          expect(answer.body.errors).toMatchObject([{ path: pointer, code: 'unknown_field' }]);
        }
      },
    );

    it('do not repeat what was in it', async () => {
      for (const raw of ['{"password": hunter2}', '{"hunter2', '{"title": ["hunter2"]}', '["hunter2"]']) {
        expect(JSON.stringify((await post(raw)).body)).not.toContain('hunter2');
      }
    });
  });
});
