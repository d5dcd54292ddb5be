import type { TokensResponse } from '../../src/auth/auth.dto';
import type { Page } from '../../src/common/paging/page';
import type { AdminUserResponse } from '../../src/users/user.dto';
import { aMember, anAdmin, PASSWORD } from '../support/callers';
import { Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

/** Username and display name of each, in the order of their making. */
const MEMBERS: readonly (readonly [string, string?])[] = [
  ['sophia'],
  ['sophocles', 'Tragedian'],
  ['tragic', 'Sophie'],
  ['straße', 'ÄRZTE Straße'],
  ['ΟΔΥΣΣΕΥΣ', 'İstanbul'],
  ['100% sure'],
  ['100 sure'],
  ['snake_case'],
  ['snakexcase'],
  ['back\\slash'],
  ['backslash'],
];

describe('The list of accounts', () => {
  let parley: RunningApp;
  let admin: Client;

  beforeAll(async () => {
    parley = await startApp();
    admin = await anAdmin(parley);
    for (const [username, displayName] of MEMBERS)
      await new Client(parley.url).post<TokensResponse>('/auth/register', {
        ...{ username, password: PASSWORD, displayName },
      });
  });

  afterAll(() => parley.close());

  const find = async (query: Record<string, string>) => {
    const path = `/users?${new URLSearchParams({ limit: '100', ...query }).toString()}`;
    return (await admin.get<Page<AdminUserResponse>>(path)).body.data;
  };
  const names = async (q: string) => (await find({ q })).map(({ username }) => username);

  it('has everybody, guests too, newest first, page by page', async () => {
    const guest = await Client.guest(parley.url);
    const rows = await parley.database.query<{ id: string }>('select id from users order by id desc');
    const pages = await collectPages<AdminUserResponse>(admin, '/users?limit=4');
    expect(pages.flat().map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(pages.slice(0, -1).every(({ length }) => length === 4)).toBe(true);
    expect(pages[0]![0]).toMatchObject({ ...guest.tokens!.user, disabledAt: null });
  });

  it('loses nobody and shows nobody twice while others register', async () => {
    const before = (await find({})).map(({ id }) => id);
    const pages = await collectPages<AdminUserResponse>(admin, '/users?limit=3', () => aMember(parley));
    expect(pages.flat().map(({ id }) => id)).toEqual(before);
  });

  it('has twenty on a page unless told', async () => {
    await Promise.all(Array.from({ length: 20 }, () => Client.guest(parley.url)));
    const { body } = await admin.get<Page<AdminUserResponse>>('/users');
    expect(body).toMatchObject({ hasMore: true, nextCursor: expect.any(String) as string });
    expect(body.data).toHaveLength(20);
  });

  describe('by a beginning', () => {
    it.each(['sophi', 'SOPHI', 'sOPhI'])('%s finds usernames and display names', async (q) => {
      expect(await names(q)).toEqual(['tragic', 'sophia']);
    });

    it.each([
      ['a whole username', 'sophocles', ['sophocles']],
      ['a username by full width', 'Ｓｏｐｈｏ', ['sophocles']],
      ['a username by white space before it', ' sopho', ['sophocles']],
      ['a username with ß by ss', 'STRASS', ['strasse']],
      ['a username with ss by ß', 'straß', ['strasse']],
      ['a username that ends in a final sigma', 'οδυσσευς', ['οδυσσευσ']],
      ['a username that goes on after a sigma', 'ΟΔΥΣ', ['οδυσσευσ']],
      ['a display name in its case', 'Tragedian', ['sophocles']],
      ['a display name in another case', 'tRAGED', ['sophocles']],
      ['a display name with other letters', 'ärzte s', ['strasse']],
      ['a display name with an ß', 'ÄRZTE STRAß', ['strasse']],
      ['a display name that begins with a dotted I', 'İst', ['οδυσσευσ']],
    ])('finds %s', async (_what, q, found) => {
      expect(await names(q)).toEqual(found);
    });

    it.each([
      ['a percent sign', '100%', ['100% sure']],
      ['an underscore', 'snake_', ['snake_case']],
      ['a backslash', 'back\\', ['back\\slash']],
      ['a percent sign alone', '%', []],
      ['an underscore alone', '_', []],
      ['a backslash alone', '\\', []],
      ['a backslash and a percent sign', '\\%', []],
      ['quotes', "' or true --", []],
    ])('takes %s by the letter', async (_what, q, found) => {
      expect(await names(q)).toEqual(found);
    });

    it.each([
      ['nobody has', 'nobody'],
      ['is in the middle of a name', 'ophia'],
      ['is longer than the name', 'sophiaa'],
    ])('that %s finds nobody', async (_what, q) => {
      const { body } = await admin.get(`/users?q=${q}`);
      expect(body).toEqual({ data: [], hasMore: false, nextCursor: null });
    });

    it('goes on over several pages', async () => {
      const pages = await collectPages<AdminUserResponse>(admin, '/users?q=s&limit=2');
      const found = pages.flat().map(({ username }) => username);
      expect(found).toEqual(['snakexcase', 'snake_case', 'strasse', 'tragic', 'sophocles', 'sophia']);
    });
  });

  it('has administrators only, or everybody else, by the role', async () => {
    const other = await anAdmin(parley);
    const admins = await find({ role: 'admin' });
    expect(admins.map(({ id }) => id)).toEqual([other.tokens!.user.id, admin.tokens!.user.id]);
    const users = await find({ role: 'user' });
    expect(new Set(users.map(({ role }) => role))).toEqual(new Set(['user']));
    expect(users.length + admins.length).toBe((await find({})).length);
  });

  it('narrows by role and by beginning at once', async () => {
    expect(await find({ q: 'sophi', role: 'admin' })).toEqual([]);
    expect(await find({ q: 'sophi', role: 'user' })).toHaveLength(2);
  });

  it('has nobody any more whose account was deleted', async () => {
    const { tokens } = await aMember(parley);
    const isThere = async () => (await find({})).some(({ id }) => id === tokens!.user.id);
    expect(await isThere()).toBe(true);
    await admin.delete(`/users/${tokens!.user.id}`);
    expect(await isThere()).toBe(false);
  });

  it.each([
    ['an unknown role', 'role=root', 'query.role'],
    ['an empty role', 'role=', 'query.role'],
    ['two roles', 'role=user&role=admin', 'query.role'],
    ['an empty beginning', 'q=', 'query.q'],
    ['a beginning of 81 units', `q=${'x'.repeat(81)}`, 'query.q'],
    ['two beginnings', 'q=a&q=b', 'query.q'],
    ['a beginning that cannot be stored', 'q=%00', 'query.q'],
    ['a page of none', 'limit=0', 'query.limit'],
    ['a page of 101', 'limit=101', 'query.limit'],
    ['an unknown parameter', 'kind=guest', 'query.kind'],
  ])('is refused with %s', async (_what, query, path) => {
    const answer = await admin.get(`/users?${query}`);
    expectProblem(answer, 400, 'validation_failed');
    expect(new Set(answer.body.errors!.map((error) => error.path))).toEqual(new Set([path]));
  });

  it('is refused with a cursor that no page gave out', async () => {
    expectProblem(await admin.get('/users?cursor=nonsense'), 400, 'invalid_cursor');
  });
});
