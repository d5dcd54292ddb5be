import type { Application } from 'express';
import contract from '../../docs/openapi.json';
import { anAdmin } from '../support/callers';
import { Client } from '../support/client';
import { callRoute, hasId, idsFor, nameOf, named, ROUTES, type Route } from '../support/routes';
import { startApp, type RunningApp } from '../support/running-app';

const PUBLIC = [
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'POST /api/v1/auth/guest',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
];

/** The documents themselves, the path of the sockets, and what Nest's middleware hangs on to. */
const UNDOCUMENTED = /^(GET \/(docs.*|openapi\..*|asyncapi\.json|api\/v1\/ws)|[A-Z-]+ \/api\/v1)$/;
/** Its paths are two patterns. */
const OF_THE_PAGE = /^GET \/(\^.*|errors\/\d+)$/;

const isPublic = (route: Route) => PUBLIC.includes(nameOf(route));

describe('Every route', () => {
  let parley: RunningApp;
  let ana: Client; // who may call them all

  beforeAll(async () => {
    parley = await startApp();
    ana = await anAdmin(parley);
  });

  afterAll(() => parley.close());

  it('is in the contract, and has a route behind it', () => {
    const { router } = parley.app.getHttpAdapter().getInstance() as Application;
    const documented = (name: string) => !UNDOCUMENTED.test(name) && !OF_THE_PAGE.test(name);
    expect(routesOf(router).filter(documented)).toEqual(ROUTES.map(nameOf).sort());
  });

  it('is documented as closed to who is not signed in, but for a few', () => {
    const documentedAsPublic = ROUTES.filter(({ method, path }) => {
      const { security } = operationOf(method, path) as { security: object[] };
      return security.length === 0 || security.some((wanted) => Object.keys(wanted).length === 0);
    });
    expect(documentedAsPublic.map(nameOf).sort()).toEqual(PUBLIC);
  });

  it.each(named(ROUTES.filter((route) => !isPublic(route))))('%s asks for a token', async (_name, route) => {
    const answer = await callRoute(new Client(parley.url), route);
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  });

  it.each(named(ROUTES))('%s refuses a query parameter that it does not know', async (_name, route) => {
    for (const query of ['surprise=1', 'constructor=1', '__proto__=1', 'toString=1', 'surprise[]=1', '=1']) {
      const answer = await callRoute(ana, route, idsFor(route), `?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.body.errors!.map(({ path: at }) => at)).toEqual([`query.${/^\w*/.exec(query)![0]}`]);
    }
  });

  it.each(named(ROUTES.filter(hasId)))('%s takes what is no id for an id of nobody', async (_name, route) => {
    const ids = idsFor(route, (name) => (name === 'id' ? 'not-an-id' : "';--"));
    expect(await callRoute(ana, route, ids)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

const operationOf = (method: string, path: string): object =>
  (contract.paths as unknown as Record<string, Record<string, object>>)[path]![method.toLowerCase()]!;

/** What Express really has, in the words of the contract. Sorted. */
function routesOf(router: Application['router']): string[] {
  const routes = router.stack.flatMap(({ route }) => (route ? [route] : []));
  return routes
    .flatMap(({ path, methods }: { path: string | RegExp; methods?: object }) =>
      Object.keys(methods ?? {}).map(
        (method) => `${method.toUpperCase()} ${String(path).replace(/:(\w+)/g, '{$1}')}`,
      ),
    )
    .sort();
}
