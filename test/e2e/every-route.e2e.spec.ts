import type { Application } from 'express';
import contract from '../../docs/openapi.json';
import { newId } from '../../src/common/ids';
import { API, Client, type Answered, type ProblemBody } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

interface Route {
  readonly method: string;
  /** As the contract has it: `/api/v1/conversations/{id}`. */
  readonly path: string;
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`;

const ROUTES: readonly Route[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
);

const PUBLIC = [
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'POST /api/v1/auth/guest',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
];

/** The documents themselves, the way to them, and what Nest's middleware hangs on to. */
const UNDOCUMENTED = /^(GET \/(docs.*|openapi\..*)?|[A-Z-]+ \/api\/v1)$/;

const CREDENTIALS = { username: 'every-route', password: 'quartz lemon bridge' };

/** What a route needs to be good, where it needs a body. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /api/v1/auth/register': CREDENTIALS,
  'POST /api/v1/auth/login': CREDENTIALS,
  'POST /api/v1/auth/refresh': { refreshToken: 'x' },
  'POST /api/v1/conversations/{id}/messages': { content: 'Where is it cold?' },
  'POST /api/v1/conversations/{id}/messages/stream': { content: 'Where is it cold?' },
  'PATCH /api/v1/conversations/{id}': { title: 'Mine' },
};

const each = (routes: readonly Route[]) => routes.map((route) => [nameOf(route), route] as const);
const isPublic = (route: Route) => PUBLIC.includes(nameOf(route));
const hasId = ({ path }: Route) => path.includes('{');

describe('Every route', () => {
  let parley: RunningApp;
  let ana: Client;
  let stranger: Client;

  beforeAll(async () => {
    parley = await startApp();
    ana = await Client.guest(parley.url);
    stranger = await Client.guest(parley.url);
  });

  afterAll(() => parley.close());

  const call = (client: Client, route: Route, path = route.path): Promise<Answered<ProblemBody>> =>
    client.call(route.method, belowApi(path), BODIES[nameOf(route)]);

  it('is in the contract, and has a route behind it', () => {
    const { router } = parley.app.getHttpAdapter().getInstance() as Application;
    expect(routesOf(router).filter((name) => !UNDOCUMENTED.test(name))).toEqual(ROUTES.map(nameOf).sort());
  });

  it('is documented as closed to who is not signed in, but for a few', () => {
    const documentedAsPublic = ROUTES.filter(
      ({ method, path }) => !('security' in operationOf(method, path)),
    );
    expect(documentedAsPublic.map(nameOf).sort()).toEqual(PUBLIC);
  });

  it.each(each(ROUTES.filter((route) => !isPublic(route))))('%s asks for a token', async (_name, route) => {
    const answer = await call(new Client(parley.url), route, withIds(route, newId, newId));
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  });

  it.each(each(ROUTES))('%s refuses a query parameter that it does not know', async (name, route) => {
    if (name === 'POST /api/v1/auth/login') await new Client(parley.url).post('/auth/register', CREDENTIALS);
    const path = withIds(route, newId, newId);
    for (const query of ['surprise=1', 'constructor=1', '__proto__=1', 'toString=1', 'surprise[]=1', '=1']) {
      const answer = await call(ana, route, `${path}?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.body.errors!.map(({ path: at }) => at)).toEqual([`query.${/^\w*/.exec(query)![0]}`]);
    }
  });

  it.each(each(ROUTES.filter(hasId)))('%s takes what is no id for an id of nobody', async (_name, route) => {
    const path = withIds(
      route,
      () => 'not-an-id',
      () => "';--",
    );
    expect(await call(ana, route, path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  describe('that has an id', () => {
    let conversationId: string;
    let ids: { readonly questionId: string; readonly replyId: string };

    beforeAll(async () => {
      ({ id: conversationId } = await ana.conversation());
      const { message, reply } = await ana.send(conversationId, 'Where is it cold?');
      ids = { questionId: message.id, replyId: reply.id };
    });

    it.each(each(ROUTES.filter(hasId)))(
      "%s answers a stranger as if somebody else's were not there",
      async (_name, route) => {
        const theirs = await call(
          stranger,
          route,
          withIds(
            route,
            () => conversationId,
            () => ids.replyId,
          ),
        );
        const nobodys = await call(stranger, route, withIds(route, newId, newId));
        expect(theirs.status).toBe(404);
        expect(withoutRequest(theirs)).toEqual(withoutRequest(nobodys));
      },
    );

    it.each(each(ROUTES.filter(({ path }) => path.includes('Id}'))))(
      "%s does not find somebody else's message in a conversation of one's own",
      async (_name, route) => {
        const { id } = await stranger.conversation();
        for (const messageId of [ids.questionId, ids.replyId]) {
          const theirs = await call(
            stranger,
            route,
            withIds(
              route,
              () => id,
              () => messageId,
            ),
          );
          const nobodys = await call(
            stranger,
            route,
            withIds(route, () => id, newId),
          );
          expect(theirs.status).toBe(404);
          expect(withoutRequest(theirs)).toEqual(withoutRequest(nobodys));
        }
      },
    );

    it('leaves what a stranger tried to reach as it was', async () => {
      const before = await ana.get(`/conversations/${conversationId}`);
      for (const route of ROUTES.filter(hasId)) {
        await call(
          stranger,
          route,
          withIds(
            route,
            () => conversationId,
            () => ids.replyId,
          ),
        );
      }
      await stranger.delete('/conversations');
      expect((await ana.get(`/conversations/${conversationId}`)).body).toEqual(before.body);
    });
  });
});

const operationOf = (method: string, path: string): object =>
  (contract.paths as unknown as Record<string, Record<string, object>>)[path]![method.toLowerCase()]!;

/** As `Client` takes it. */
const belowApi = (path: string) => (path.startsWith(API) ? path.slice(API.length) : `/${path}`);

/** The path with its first id, of the conversation, and the one below that, of a message. */
const withIds = ({ path }: Route, first: () => string, second: () => string) =>
  path
    .replace('{id}', () => encodeURIComponent(first()))
    .replace(/\{\w+\}/, () => encodeURIComponent(second()));

/** What Express really has, in the words of the contract. Sorted. */
function routesOf(router: Application['router']): string[] {
  const routes = router.stack.flatMap(({ route }) => (route ? [route] : []));
  return routes
    .flatMap(({ path, methods }: { path: string; methods?: object }) =>
      Object.keys(methods ?? {}).map(
        (method) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}`,
      ),
    )
    .sort();
}

const withoutRequest = ({ status, body: { requestId: _, ...body } }: Answered<ProblemBody>) => ({
  status,
  body,
});
