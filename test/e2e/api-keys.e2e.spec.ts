import { createHash } from 'node:crypto';
import type { ApiKeyResponse, CreatedApiKeyResponse } from '../../src/auth/api-keys/api-key.dto';
import { newId } from '../../src/common/ids';
import type { Page } from '../../src/common/paging/page';
import { aMember, anAdmin, newKey } from '../support/callers';
import { Client, type ProblemBody } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const SMILE = '\u{1F600}'; // two UTF-16 units

describe('API keys', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
  });

  beforeEach(async () => {
    ana = await aMember(parley);
  });

  afterAll(() => parley.close());

  const make = <Body = ProblemBody>(body: object, by = ana) => by.post<Body>('/auth/api-keys', body);
  const list = async (of = ana) => (await of.get<Page<ApiKeyResponse>>('/auth/api-keys')).body.data;
  const end = (id: string, by = ana) => by.delete(`/auth/api-keys/${id}`);
  const expire = (id: string) =>
    parley.database.query('update api_keys set expires_at = now() where id = $1', [id]);

  describe('that are made', () => {
    it('are shown in full this once', async () => {
      const { status, body } = await make<CreatedApiKeyResponse>({
        name: ' build ',
        scopes: ['read', 'chat'],
      });
      const { key, ...shown } = body;
      expect(status).toBe(201);
      expect(key).toMatch(/^pk_[0-9a-f]{56}$/);
      expect(shown).toEqual({
        ...{ id: shown.id, name: 'build', prefix: key.slice(0, 11), scopes: ['read', 'chat'] },
        ...{ createdAt: shown.createdAt, lastUsedAt: null, expiresAt: null },
      });
      expect(Math.abs(Date.parse(shown.createdAt) - Date.now())).toBeLessThan(10_000);
      expect(await list()).toEqual([shown]);
    });

    it('are kept as a SHA-256 of the whole key, and nothing else of its secret part', async () => {
      const { id, key } = await newKey(ana, ['chat']);
      const [row] = await parley.database.query<{ hash: Buffer; text: string }>(
        'select hash, api_keys::text as text from api_keys where id = $1',
        [id],
      );
      expect(row!.hash).toEqual(createHash('sha256').update(key).digest());
      expect(row!.text).toContain(key.slice(0, 11));
      expect(row!.text).not.toContain(key.slice(11, 19));
    });

    it('are another each time, also at once', async () => {
      const keys = await Promise.all(Array.from({ length: 10 }, () => newKey(ana, ['chat'])));
      expect(new Set(keys.map(({ key }) => key)).size).toBe(10);
      expect(new Set((await list()).map(({ id }) => id))).toEqual(new Set(keys.map(({ id }) => id)));
    });

    it.each([
      ['a name of one character', { name: 'x' }, { name: 'x' }],
      ['a name of 80 units', { name: SMILE.repeat(40) }, { name: SMILE.repeat(40) }],
      ['no end, said aloud', { expiresAt: null }, { expiresAt: null }],
      ['an end in UTC', { expiresAt: '2099-01-31T12:00:00Z' }, { expiresAt: '2099-01-31T12:00:00.000Z' }],
      [
        'an end to the millisecond, elsewhere',
        { expiresAt: '2099-01-31T14:00:00.250+02:00' },
        { expiresAt: '2099-01-31T12:00:00.250Z' },
      ],
    ])('may have %s', async (_what, more, shown) => {
      const { status, body } = await make<ApiKeyResponse>({ name: 'mine', scopes: ['chat'], ...more });
      expect(status).toBe(201);
      expect(body).toMatchObject(shown);
    });

    it.each([
      ['no name', '/name', { name: undefined }],
      ['null for a name', '/name', { name: null }],
      ['a number for a name', '/name', { name: 1 }],
      ['an empty name', '/name', { name: '' }],
      ['a blank name', '/name', { name: ' \t ' }],
      ['a name of 81 units', '/name', { name: 'n'.repeat(81) }],
      ['a name of 40 emoji and a letter', '/name', { name: `${SMILE.repeat(40)}x` }],
      ['no scopes', '/scopes', { scopes: undefined }],
      ['null for scopes', '/scopes', { scopes: null }],
      ['an empty list of scopes', '/scopes', { scopes: [] }],
      ['an unknown scope', '/scopes', { scopes: ['chat', 'root'] }],
      ['a scope in other case', '/scopes', { scopes: ['Chat'] }],
      ['a scope twice', '/scopes', { scopes: ['chat', 'read', 'chat'] }],
      ['a scope that is no list', '/scopes', { scopes: 'chat' }],
      ['an object for scopes', '/scopes', { scopes: { 0: 'chat' } }],
      ['a list in the list of scopes', '/scopes', { scopes: [['chat']] }],
      ['an end that is no time', '/expiresAt', { expiresAt: 'tomorrow' }],
      ['an end that is a day', '/expiresAt', { expiresAt: '2099-01-31' }],
      ['an end without its offset from UTC', '/expiresAt', { expiresAt: '2099-01-31T12:00:00' }],
      ['an end that is a number', '/expiresAt', { expiresAt: 4_102_444_800_000 }],
      ['an empty end', '/expiresAt', { expiresAt: '' }],
      ['an end on a day that is none', '/expiresAt', { expiresAt: '2099-02-30T12:00:00Z' }],
      ['an end in a leap second', '/expiresAt', { expiresAt: '2030-12-31T23:59:60Z' }],
      ['an end past the year 9999', '/expiresAt', { expiresAt: '9999-12-31T23:59:59-12:00' }],
      ['an end in the past', '/expiresAt', { expiresAt: '2020-01-31T12:00:00Z' }],
      ['an end that is now', '/expiresAt', { expiresAt: new Date().toISOString() }],
      ['an unknown field', '/role', { role: 'admin' }],
      ['a prefix of their own', '/prefix', { prefix: 'pk_mine' }],
    ])('are refused with %s', async (_what, path, fault) => {
      const answer = await make({ name: 'mine', scopes: ['chat'], ...fault });
      expectProblem(answer, 400, 'validation_failed');
      expect(new Set(answer.body.errors!.map((error) => error.path))).toEqual(new Set([path]));
      expect(await list()).toEqual([]);
    });

    it('need a body, and tell of every fault in it at once', async () => {
      const answer = await ana.post('/auth/api-keys');
      expectProblem(answer, 400, 'validation_failed');
      expect(new Set(answer.body.errors!.map(({ path }) => path))).toEqual(new Set(['/name', '/scopes']));
    });

    it('are for administration only where an administrator asks', async () => {
      const wanted = { name: 'mine', scopes: ['chat', 'admin'] };
      expectProblem(await make(wanted), 403, 'forbidden');
      expect(await list()).toEqual([]);
      const { status, body } = await make<ApiKeyResponse>(wanted, await anAdmin(parley));
      expect({ status, scopes: body.scopes }).toEqual({ status: 201, scopes: ['chat', 'admin'] });
    });

    it('are not for guests', async () => {
      const guest = await Client.guest(parley.url);
      expectProblem(await make({ name: 'mine', scopes: ['read'] }, guest), 403, 'forbidden');
      expect(await list(guest)).toEqual([]);
    });
  });

  describe('that are listed', () => {
    it('come page by page, newest first, and only to whom they belong', async () => {
      const made: string[] = [];
      for (let n = 0; n < 7; n++) made.unshift((await newKey(ana, ['chat'])).id);
      const pages = await collectPages<ApiKeyResponse>(ana, '/auth/api-keys?limit=3');
      expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
      expect(pages.flat().map(({ id }) => id)).toEqual(made);
      expect(await list(await aMember(parley))).toEqual([]);
    });

    it('are no more once they have expired', async () => {
      const [kept, expired] = [await newKey(ana, ['chat']), await newKey(ana, ['chat'])];
      await expire(expired.id);
      expect((await list()).map(({ id }) => id)).toEqual([kept.id]);
    });
  });

  describe('that are ended', () => {
    it('are gone from the list, and cannot be ended again', async () => {
      const [kept, { id }] = [await newKey(ana, ['chat']), await newKey(ana, ['chat'])];
      expect((await end(id)).status).toBe(204);
      expect((await list()).map((key) => key.id)).toEqual([kept.id]);
      expectProblem(await end(id), 404, 'not_found');
    });

    it('end once when many end them at once', async () => {
      const { id } = await newKey(ana, ['chat']);
      const answers = await Promise.all(Array.from({ length: 5 }, () => end(id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404, 404]);
    });

    it("are not there for anybody else, an administrator's session included", async () => {
      const { id } = await newKey(ana, ['chat']);
      expectProblem(await end(id, await aMember(parley)), 404, 'not_found');
      expectProblem(await end(id, await anAdmin(parley)), 404, 'not_found');
      expect((await list()).map((key) => key.id)).toEqual([id]);
    });

    it('are not there when they have expired, never were, or have no id', async () => {
      const { id } = await newKey(ana, ['chat']);
      await expire(id);
      for (const absent of [id, newId(), 'nope']) expectProblem(await end(absent), 404, 'not_found');
    });
  });
});
