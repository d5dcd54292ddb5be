import { SCOPES, type Scope } from '../../src/common/auth/caller';
import { aMember, anAdmin, changeAccount, withKey } from '../support/callers';
import type { Answered, Client, ProblemBody } from '../support/client';
import { reachOf, scopesFor } from '../support/reach';
import { beginEndlessReplies, makeResource, storedOf } from '../support/resources';
import { callRoute, hasId, idsFor, nameOf, ROUTES, type Route } from '../support/routes';
import type { RunningApp } from '../support/running-app';
import { startScriptedApp } from '../support/scripted-app';
import { soon } from '../support/soon';

type Holder = 'a member' | 'an administrator' | 'a former administrator';
type Outcome = 'done' | 'forbidden' | 'insufficient_scope';

interface Key {
  readonly scope: Scope;
  readonly holder: Holder;
}

/** Of members that never were administrators, none has a key for `admin`. */
const KEYS: readonly Key[] = [
  ...(['chat', 'read'] as const).map((scope) => ({ scope, holder: 'a member' as const })),
  ...SCOPES.map((scope) => ({ scope, holder: 'an administrator' as const })),
  { scope: 'admin', holder: 'a former administrator' },
];

const ADMIN_ROUTES = ROUTES.filter((route) => reachOf(route) === 'admin');

function outcomeOf(route: Route, { scope, holder }: Key): Outcome {
  const reach = reachOf(route);
  if (reach === 'admin' && holder !== 'an administrator') return 'forbidden';
  return scopesFor(route).includes(scope) ? 'done' : 'insufficient_scope';
}

describe('An API key', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    const app = await startScriptedApp();
    parley = app.parley;
    beginEndlessReplies(app.model);
  });

  afterAll(() => parley.close());

  /** Not used yet, so nothing is remembered of it. */
  const aKey = async ({ scope, holder }: Key, owner: Client) => {
    const key = await withKey(owner, [scope]);
    if (holder === 'a former administrator') await changeAccount(parley, owner, `role = 'user'`);
    return key;
  };

  it('is considered for every route of the contract', () => {
    expect(ROUTES.filter((route) => reachOf(route) === 'unknown').map(nameOf)).toEqual([]);
  });

  describe.each(KEYS.map((key) => [key.scope, key.holder, key] as const))('for %s, of %s', (_s, _h, key) => {
    it.each(ROUTES.map((route) => [outcomeOf(route, key), nameOf(route), route] as const))(
      'gets "%s" from %s',
      async (outcome, _name, route) => {
        const owner = await (key.holder === 'a member' ? aMember : anAdmin)(parley);
        const { ids, userId } = hasId(route)
          ? await makeResource(route, owner, parley)
          : { ids: {}, userId: owner.tokens!.user.id };
        const client = await aKey(key, owner);
        const before = await storedOf(parley, userId);
        const answer = await callRoute(client, route, ids);
        expect(inShort(answer)).toBe(outcome);
        if (outcome !== 'done') expect(await storedOf(parley, userId)).toEqual(before);
      },
    );
  });

  it('is shut out within five seconds, as its holder is, when that is no administrator any more', async () => {
    const [admin, other] = [await anAdmin(parley), await anAdmin(parley)];
    const callers = [admin, await withKey(admin, ['admin'])];
    for (const caller of callers) expect(await caller.get('/users')).toMatchObject({ status: 200 });
    await other.patch(`/users/${admin.tokens!.user.id}`, { role: 'user' });
    await Promise.all(
      callers.map((caller) =>
        soon(
          () => caller.get('/users'),
          ({ status }) => status !== 200,
        ),
      ),
    );
    for (const route of ADMIN_ROUTES)
      for (const caller of callers)
        expect(inShort(await callRoute(caller, route, idsFor(route)))).toBe('forbidden');
  });
});

const inShort = ({ status, body }: Answered<ProblemBody>): string => (status < 300 ? 'done' : body.code);
