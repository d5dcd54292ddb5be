import { AUDIT_ACTIONS } from '../../src/audit/audit-action';
import type { AuditEventResponse } from '../../src/audit/audit.dto';
import { newId } from '../../src/common/ids';
import type { Page } from '../../src/common/paging/page';
import { aMember, anAdmin, newKey, withKey } from '../support/callers';
import { Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

describe('The list of security events', () => {
  let parley: RunningApp;
  let admin: Client;
  let ana: Client;
  let ben: Client;

  beforeAll(async () => {
    parley = await startApp();
    [admin, ana, ben] = [await anAdmin(parley), await aMember(parley), await aMember(parley)];
    for (let n = 0; n < 5; n++) await newKey(ana, ['read']);
    await newKey(ben, ['read']);
    await admin.patch(`/users/${ana.tokens!.user.id}`, { quotaTokens: 5 });
  });

  afterAll(() => parley.close());

  const idOf = ({ tokens }: Client) => tokens!.user.id;
  const list = async (query: string) =>
    (await admin.get<Page<AuditEventResponse>>(`/audit?${query}`)).body.data;
  const stored = async (where: string) =>
    (
      await parley.database.query<{ id: string }>(
        `select id from audit_events where ${where} order by id desc`,
      )
    ).map(({ id }) => id);

  it('goes page by page, newest first', async () => {
    const all = await stored('true');
    const pages = await collectPages<AuditEventResponse>(admin, '/audit?limit=4');
    expect(pages.flat().map(({ id }) => id)).toEqual(all);
    expect(pages.slice(0, -1).every(({ length }) => length === 4)).toBe(true);
    const times = pages.flat().map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it('loses nothing and shows nothing twice while more happens', async () => {
    const all = await stored('true');
    const pages = await collectPages<AuditEventResponse>(admin, '/audit?limit=3', () => aMember(parley));
    expect(pages.flat().map(({ id }) => id)).toEqual(all);
  });

  it('is of one account when asked, whoever did it', async () => {
    const events = await list(`limit=100&userId=${idOf(ana)}`);
    expect(new Set(events.map(({ userId }) => userId))).toEqual(new Set([idOf(ana)]));
    expect(events.map(({ id }) => id)).toEqual(await stored(`user_id = '${idOf(ana)}'`));
    expect(events[0]).toMatchObject({ action: 'quota.changed', actorId: idOf(admin) });
  });

  it('is of one account whatever the case of its id', async () => {
    expect(await list(`userId=${idOf(ana).toUpperCase()}`)).toEqual(await list(`userId=${idOf(ana)}`));
  });

  it('is of one kind when asked', async () => {
    const events = await list('limit=100&action=api_key.created');
    expect(events).toHaveLength(6);
    expect(new Set(events.map(({ action }) => action))).toEqual(new Set(['api_key.created']));
  });

  it('is of one kind and one account, page by page', async () => {
    const path = `/audit?limit=2&action=api_key.created&userId=${idOf(ana)}`;
    const pages = await collectPages<AuditEventResponse>(admin, path);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    const ids = await stored(`user_id = '${idOf(ana)}' and action = 'api_key.created'`);
    expect(pages.flat().map(({ id }) => id)).toEqual(ids);
  });

  it('is empty where nothing has happened', async () => {
    const { body } = await admin.get(`/audit?userId=${newId()}`);
    expect(body).toEqual({ data: [], hasMore: false, nextCursor: null });
  });

  it.each(AUDIT_ACTIONS)('takes %s for a kind', async (action) => {
    expect((await admin.get(`/audit?action=${action}`)).status).toBe(200);
  });

  it.each([
    ['an unknown kind', 'action=sign_in', 'query.action'],
    ['a kind in other case', 'action=Sign_In.Failed', 'query.action'],
    ['an empty kind', 'action=', 'query.action'],
    ['two kinds', 'action=role.changed&action=quota.changed', 'query.action'],
    ['an account that is no id', 'userId=nope', 'query.userId'],
    ['an empty account', 'userId=', 'query.userId'],
    ['an account that cannot be stored', 'userId=%00', 'query.userId'],
    ['two accounts', `userId=${newId()}&userId=${newId()}`, 'query.userId'],
    ['a page of none', 'limit=0', 'query.limit'],
    ['a page of 101', 'limit=101', 'query.limit'],
    ['an unknown parameter', 'actorId=nope', 'query.actorId'],
  ])('is refused with %s', async (_what, query, path) => {
    const answer = await admin.get(`/audit?${query}`);
    expectProblem(answer, 400, 'validation_failed');
    expect(new Set(answer.body.errors!.map((error) => error.path))).toEqual(new Set([path]));
  });

  it('is refused with a cursor that no page gave out', async () => {
    expectProblem(await admin.get('/audit?cursor=nonsense'), 400, 'invalid_cursor');
  });

  it('is for administrators, not for whom it is about', async () => {
    const guest = await Client.guest(parley.url);
    for (const caller of [ana, guest, await withKey(ana, ['chat'])]) {
      expectProblem(await caller.get('/audit'), 403, 'forbidden');
      expectProblem(await caller.get(`/audit?userId=${idOf(caller)}`), 403, 'forbidden');
    }
    expectProblem(await new Client(parley.url).get('/audit'), 401, 'unauthenticated');
    expectProblem(await (await withKey(admin, ['chat'])).get('/audit'), 403, 'insufficient_scope');
    expect(await (await withKey(admin, ['admin'])).get('/audit')).toMatchObject({ status: 200 });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('cannot be changed by %s, by anybody', async (method) => {
    expect((await admin.call(method, '/audit', undefined)).status).toBe(405);
  });
});
