import { newId } from '../../src/common/ids';
import type { AdminUserResponse } from '../../src/users/user.dto';
import { aMember, anAdmin } from '../support/callers';
import { Client, type ProblemBody } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const pathOf = ({ tokens }: Client) => `/users/${tokens!.user.id}`;

describe('An account, to administrators,', () => {
  let parley: RunningApp;
  let admin: Client;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
    admin = await anAdmin(parley);
  });

  beforeEach(async () => {
    ana = await aMember(parley);
  });

  afterAll(() => parley.close());

  const get = async (of = ana) => (await admin.get<AdminUserResponse>(pathOf(of))).body;
  const change = <Body = ProblemBody>(changes: unknown, of = ana) => admin.patch<Body>(pathOf(of), changes);
  /** As the answer has it, which is as it is stored. */
  const changed = async (changes: object, of = ana) => {
    const { status, body } = await change<AdminUserResponse>(changes, of);
    expect(status).toBe(200);
    expect(await get(of)).toEqual(body);
    return body;
  };

  describe('is shown', () => {
    it('as its owner sees it, with whether, how much and when it is used', async () => {
      const { lastSeenAt, ...shown } = await get();
      expect(shown).toEqual({ ...ana.tokens!.user, disabledAt: null, quotaTokens: null });
      expect(Date.parse(lastSeenAt!)).toBeGreaterThanOrEqual(Date.parse(shown.createdAt));
      expect(new Date(lastSeenAt!).toISOString()).toBe(lastSeenAt);
    });

    it('when it is a guest, too', async () => {
      const guest = await Client.guest(parley.url);
      expect(await get(guest)).toMatchObject({ ...guest.tokens!.user, kind: 'guest', username: null });
    });

    it('under its id in any case', async () => {
      const { status } = await admin.get(`/users/${ana.tokens!.user.id.toUpperCase()}`);
      expect(status).toBe(200);
    });

    it.each(['GET', 'PATCH', 'DELETE'])('as absent to %s when there is none', async (method) => {
      const body = method === 'PATCH' ? { role: 'admin', disabled: true } : undefined;
      for (const id of [newId(), 'nope'])
        expectProblem(await admin.call<ProblemBody>(method, `/users/${id}`, body), 404, 'not_found');
    });
  });

  describe('is changed', () => {
    it('to disabled once, and back', async () => {
      const { disabledAt } = await changed({ disabled: true });
      expect(Math.abs(Date.parse(disabledAt!) - Date.now())).toBeLessThan(10_000);
      expect(await changed({ disabled: true })).toMatchObject({ disabledAt });
      expect(await changed({ disabled: false })).toMatchObject({ disabledAt: null });
      expect(await changed({ disabled: false })).toMatchObject({ disabledAt: null });
    });

    it('to another role, and back', async () => {
      expect(await changed({ role: 'admin' })).toMatchObject({ role: 'admin' });
      expect(await changed({ role: 'user' })).toMatchObject({ role: 'user' });
    });

    it.each([0, 1, 1_000_000, Number.MAX_SAFE_INTEGER])('to a quota of %d, and back', async (quotaTokens) => {
      expect(await changed({ quotaTokens })).toMatchObject({ quotaTokens });
      expect(await changed({ quotaTokens: null })).toMatchObject({ quotaTokens: null });
    });

    it('in all that at once, and in nothing else', async () => {
      const before = await get();
      const after = await changed({ disabled: true, role: 'admin', quotaTokens: 7 });
      const { disabledAt } = after;
      expect(after).toEqual({ ...before, disabledAt, role: 'admin', quotaTokens: 7 });
      expect(disabledAt).not.toBeNull();
    });

    it('in nothing by an empty body, or none', async () => {
      const before = await changed({ disabled: true, quotaTokens: 7 });
      expect(await changed({})).toEqual(before);
      const { status, body } = await admin.call('PATCH', pathOf(ana));
      expect({ status, body }).toEqual({ status: 200, body: before });
    });

    it('in what is named only', async () => {
      await changed({ disabled: true, quotaTokens: 7 });
      expect(await changed({ role: 'admin' })).toMatchObject({ quotaTokens: 7 });
      expect((await changed({ quotaTokens: null })).disabledAt).not.toBeNull();
    });
  });

  it.each([
    ['an unknown role', '/role', { role: 'root' }],
    ['a role in other case', '/role', { role: 'Admin' }],
    ['null for a role', '/role', { role: null }],
    ['null for disabled', '/disabled', { disabled: null }],
    ['a word for disabled', '/disabled', { disabled: 'true' }],
    ['a number for disabled', '/disabled', { disabled: 1 }],
    ['a negative quota', '/quotaTokens', { quotaTokens: -1 }],
    ['half a token', '/quotaTokens', { quotaTokens: 1.5 }],
    ['a quota of 2^53', '/quotaTokens', { quotaTokens: 2 ** 53 }],
    ['text for a quota', '/quotaTokens', { quotaTokens: '1' }],
    ['a list for a quota', '/quotaTokens', { quotaTokens: [1] }],
    ['an unknown field', '/kind', { kind: 'member' }],
    ['a new name', '/username', { username: 'other' }],
    ['a new password', '/password', { password: 'marble kite orchard' }],
  ])('is left as it was by %s', async (_what, path, fault) => {
    const before = await get();
    const answer = await change({ ...{ role: 'admin', disabled: true, quotaTokens: 7 }, ...fault });
    expectProblem(answer, 400, 'validation_failed');
    expect(new Set(answer.body.errors!.map((error) => error.path))).toEqual(new Set([path]));
    expect(await get()).toEqual(before);
  });

  it('is no administrator while it is of a guest, and is left as it was', async () => {
    const guest = await Client.guest(parley.url);
    const before = await get(guest);
    expectProblem(await change({ role: 'admin', disabled: true, quotaTokens: 7 }, guest), 409, 'conflict');
    expect(await get(guest)).toEqual(before);
    expect(await changed({ role: 'user', disabled: true, quotaTokens: 7 }, guest)).toMatchObject({
      ...{ role: 'user', quotaTokens: 7 },
    });
  });

  describe('is hidden:', () => {
    const CALLS: readonly (readonly [string, (of: Client) => string, object | undefined])[] = [
      ['GET', () => '/users', undefined],
      ['GET', () => '/users?q=a', undefined],
      ['GET', pathOf, undefined],
      ['PATCH', pathOf, { disabled: true }],
      ['PATCH', pathOf, { role: 'nonsense' }],
      ['DELETE', pathOf, undefined],
    ];

    it.each([
      ['another member', () => aMember(parley)],
      ['a guest', () => Client.guest(parley.url)],
      ['its owner', () => Promise.resolve(ana)],
    ])('%s can neither see nor change it', async (_who, make) => {
      const [caller, before] = [await make(), await get()];
      for (const [method, path, body] of CALLS)
        expectProblem(await caller.call<ProblemBody>(method, path(ana), body), 403, 'forbidden');
      expect(await get()).toEqual(before);
    });

    it('nobody at all either', async () => {
      for (const [method, path, body] of CALLS)
        expectProblem(
          await new Client(parley.url).call<ProblemBody>(method, path(ana), body),
          401,
          'unauthenticated',
        );
    });
  });
});
