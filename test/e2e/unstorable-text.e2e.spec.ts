import { Client } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const SOME_ID = '0197c000-0000-7000-8000-000000000000';

/** As JSON escapes them, since nothing else can carry them. */
const BAD = {
  'a NUL': '\\u0000',
  'the first half of a pair': '\\ud83d',
  'the second half of a pair': '\\ude00',
  'the halves of a pair in the wrong order': '\\ude00\\ud83d',
};

/** Every text that a body can have. `@` stands where the bad text comes. */
const TEXTS: readonly (readonly [string, string, object, string])[] = [
  ['POST', '/auth/guest', { transport: '@' }, '/transport'],
  ['POST', '/auth/register', { username: 'a@b', password: 'long enough' }, '/username'],
  ['POST', '/auth/register', { username: 'abc', password: 'long @nough' }, '/password'],
  ['POST', '/auth/register', { username: 'abc', password: 'long enough', displayName: '@' }, '/displayName'],
  ['POST', '/auth/login', { username: '@', password: 'x' }, '/username'],
  ['POST', '/auth/login', { username: 'x', password: '@' }, '/password'],
  ['POST', '/auth/refresh', { refreshToken: 'rt_@' }, '/refreshToken'],
  ['POST', '/conversations', { title: 'a@b' }, '/title'],
  ['POST', '/conversations', { model: '@' }, '/model'],
  ['POST', '/conversations', { systemPrompt: '@' }, '/systemPrompt'],
  ['POST', '/conversations', { metadata: { name: 'a@' } }, '/metadata/name'],
  ['POST', '/conversations', { metadata: { 'na@me': 'a' } }, '/metadata'],
  ['POST', '/conversations', { 'ti@tle': 'a' }, ''],
  ['PATCH', `/conversations/${SOME_ID}`, { title: '@' }, '/title'],
  ['PATCH', `/conversations/${SOME_ID}`, { activeLeafId: '@' }, '/activeLeafId'],
  ['PATCH', `/conversations/${SOME_ID}`, { metadata: { name: '@' } }, '/metadata/name'],
  ['POST', `/conversations/${SOME_ID}/messages`, { content: 'a@' }, '/content'],
  ['POST', `/conversations/${SOME_ID}/messages`, { content: 'a', parentId: '@' }, '/parentId'],
  ['POST', `/conversations/${SOME_ID}/messages`, { content: 'a', model: '@' }, '/model'],
  ['POST', `/conversations/${SOME_ID}/messages/stream`, { content: '@' }, '/content'],
  ['POST', '/auth/logout', { surprise: '@' }, '/surprise'],
];

describe('Text that cannot be stored', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
    ana = await Client.guest(parley.url);
  });

  afterAll(() => parley.close());

  it.each(TEXTS)('is refused by %s %s in %j', async (method, path, template, pointer) => {
    for (const bad of Object.values(BAD)) {
      const raw = JSON.stringify(template).replace('@', () => bad);
      const answer = await ana.call<never>(method, path, undefined, {
        raw,
        headers: { 'Content-Type': 'application/json' },
      });
      expectProblem(answer, 400, 'validation_failed');
      expect(answer.body).toMatchObject({ errors: [{ path: pointer, code: 'not_text' }] });
    }
  });

  it('is nothing that merely looks like it', async () => {
    const title = '\\u0000 \u0001 \u{1F600} \uFFFD \uFFFF %00';
    expect(await ana.conversation({ title })).toMatchObject({ title });
  });

  it('finds nothing as a query', async () => {
    expect((await ana.get('/conversations?cursor=%00')).body.code).toBe('invalid_cursor');
    expect((await ana.get(`/conversations/${SOME_ID}/messages?leafId=%00`)).body.code).toBe(
      'validation_failed',
    );
  });
});
