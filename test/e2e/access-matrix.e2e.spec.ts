import { SCOPES } from '../../src/common/auth/caller';
import {
  aMember,
  anAdmin,
  changeAccount,
  signedInAgain,
  withEndedKey,
  withEndedSession,
  withKey,
} from '../support/callers';
import { Client, type Answered, type ProblemBody } from '../support/client';
import { reachOf, scopesBeyond } from '../support/reach';
import {
  beginEndlessReplies,
  KNOWN_PATHS,
  makeResource,
  storedOf,
  type Resource,
} from '../support/resources';
import { callRoute, hasId, idsFor, named, ROUTES, type Ids, type Route } from '../support/routes';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';

const isForAdmins = (route: Route) => reachOf(route) === 'admin';
const WITH_ID = ROUTES.filter(hasId);
const WITHOUT_ID = ROUTES.filter((route) => !hasId(route) && !isForAdmins(route));
/** Its resource is a reply that is being written. */
const CANCEL: Route = { method: 'POST', path: '/api/v1/conversations/{id}/messages/{replyId}/cancel' };

type Make = (parley: RunningApp) => Promise<Client>;

const STRANGERS: readonly (readonly [string, Make])[] = [
  ['another member', aMember],
  ['a guest', ({ url }) => Client.guest(url)],
  ['an administrator', anAdmin],
];

interface Refusal {
  /** By way of an account that may do everything, and owns what is asked for. */
  readonly caller: (owner: Client, route: Route, parley: RunningApp) => Promise<Client>;
  readonly status: number;
  readonly code: string;
}

const REFUSALS: readonly (readonly [string, Refusal])[] = [
  ['nobody', { caller: ({ url }) => Promise.resolve(new Client(url)), status: 401, code: 'unauthenticated' }],
  ['an ended session', { caller: withEndedSession, status: 401, code: 'session_revoked' }],
  ['an ended key', { caller: (owner) => withEndedKey(owner, SCOPES), status: 401, code: 'unauthenticated' }],
  [
    'a key of every other scope',
    {
      caller: (owner, route) => withKey(owner, scopesBeyond(route)),
      status: 403,
      code: 'insufficient_scope',
    },
  ],
  ['a disabled account', { caller: disabled, status: 403, code: 'account_disabled' }],
  ["a disabled account's key", { caller: disabledKey, status: 403, code: 'account_disabled' }],
];

describe('What has an id', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    const app = await startScriptedApp();
    parley = app.parley;
    beginEndlessReplies(app.model);
  });

  afterAll(() => parley.close());

  /** What it answers, having changed nothing. */
  const inVain = async (caller: Client, route: Route, { ids, userId }: Resource, other: Ids = {}) => {
    const before = await storedOf(parley, userId);
    const answer = await callRoute(caller, route, { ...ids, ...other });
    expect(await storedOf(parley, userId)).toEqual(before);
    return answer;
  };

  it('is known to this test, whatever path of the contract it is in', () => {
    expect(KNOWN_PATHS.toSorted()).toEqual([...new Set(WITH_ID.map(({ path }) => path))].sort());
  });

  describe.each(named(WITH_ID))('%s', (_name, route) => {
    it('answers whose it is', async () => {
      const owner = await (isForAdmins(route) ? anAdmin : aMember)(parley);
      const { ids } = await makeResource(route, owner, parley);
      const { status } = await callRoute(owner, route, ids);
      expect([200, 201, 204]).toContain(status);
    });

    it.each(REFUSALS)('refuses %s', async (_who, { caller, status, code }) => {
      const owner = await anAdmin(parley);
      const resource = await makeResource(route, owner, parley);
      const answer = await inVain(await caller(owner, route, parley), route, resource);
      expect(answer).toMatchObject({ status, body: { code } });
    });
  });

  describe.each(named(WITH_ID.filter((route) => !isForAdmins(route))))('%s', (_name, route) => {
    it.each(STRANGERS)('answers %s as if it were not there', async (_who, make) => {
      const [owner, stranger] = [await aMember(parley), await make(parley)];
      const theirs = await inVain(stranger, route, await makeResource(route, owner, parley));
      const nobodys = await callRoute(stranger, route);
      expect(theirs).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(sameForAll(theirs)).toEqual(sameForAll(nobodys));
    });
  });

  describe.each(named(WITH_ID.filter(isForAdmins)))('%s', (_name, route) => {
    it.each(STRANGERS.slice(0, 2))('tells %s nothing of any account', async (_who, make) => {
      const [admin, stranger] = [await anAdmin(parley), await make(parley)];
      const theirs = await inVain(stranger, route, await makeResource(route, admin, parley));
      const nobodys = await callRoute(stranger, route);
      expect(theirs).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(sameForAll(theirs)).toEqual(sameForAll(nobodys));
    });

    it('tells an administrator that an account never was', async () => {
      const answer = await callRoute(await anAdmin(parley), route);
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });
  });

  describe.each(named(WITH_ID.filter(({ path }) => path.includes('Id}'))))('%s', (_name, route) => {
    it("does not find somebody else's message in a conversation of one's own", async () => {
      const [owner, stranger] = [await aMember(parley), await aMember(parley)];
      const resource = await makeResource(route, owner, parley);
      const { id } = await stranger.conversation();
      const theirs = await inVain(stranger, route, resource, { id });
      const nobodys = await callRoute(stranger, route, { ...idsFor(route), id });
      expect(theirs).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(sameForAll(theirs)).toEqual(sameForAll(nobodys));
    });

    it('does not find a reply that is being written for somebody else', async () => {
      const [owner, stranger] = [await aMember(parley), await aMember(parley)];
      const running = await makeResource(CANCEL, owner, parley);
      const answer = await inVain(stranger, route, running);
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it("does not find one's own message in another conversation", async () => {
      const owner = await aMember(parley);
      const resource = await makeResource(route, owner, parley);
      const { id } = await owner.conversation();
      const answer = await inVain(owner, route, resource, { id });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });
  });

  describe('is out of reach of whoever calls', () => {
    /** First the owner's own. */
    let ids: string[];

    beforeAll(async () => {
      const owner = await aMember(parley);
      ids = [owner.tokens!.user.id];
      for (const route of WITH_ID.filter((route) => !isForAdmins(route))) {
        const resource = await makeResource(route, owner, parley);
        ids.push(...Object.values(resource.ids));
      }
    });

    it.each(named(WITHOUT_ID))('%s for themselves', async (_name, route) => {
      const stranger = await aMember(parley);
      const answer = await inVain(stranger, route, { ids: {}, userId: ids[0]! });
      expect(answer.status).toBeLessThan(300);
      const said = JSON.stringify(answer.body);
      expect(ids.filter((id) => said.includes(id))).toEqual([]);
    });
  });
});

async function disabled(owner: Client, _route: Route, parley: RunningApp): Promise<Client> {
  const again = await signedInAgain(owner);
  await changeAccount(parley, owner, 'disabled_at = now()');
  return again;
}

async function disabledKey(owner: Client, _route: Route, parley: RunningApp): Promise<Client> {
  const key = await withKey(owner, SCOPES);
  await changeAccount(parley, owner, 'disabled_at = now()');
  return key;
}

/** Without what is another in every answer. */
const sameForAll = ({ status, body: { requestId: _, ...body } }: Answered<ProblemBody>) => ({ status, body });
