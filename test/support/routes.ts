import contract from '../../docs/openapi.json';
import { newId } from '../../src/common/ids';
import { PASSWORD } from './callers';
import { API, type Answered, type Client, type ProblemBody } from './client';

/** One operation of the contract. */
export interface Route {
  readonly method: string;
  /** As the contract has it: `/api/v1/conversations/{id}`. */
  readonly path: string;
}

/** What goes into a path, by the names that the contract has for it. */
export type Ids = Readonly<Record<string, string>>;

export const ROUTES: readonly Route[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
);

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** As `it.each` takes them. */
export const named = (routes: readonly Route[]) => routes.map((route) => [nameOf(route), route] as const);

export const hasId = ({ path }: Route): boolean => path.includes('{');

/** An id for every gap in the path; new ones, which are nobody's, unless told. */
export const idsFor = ({ path }: Route, make: (name: string) => string = newId): Ids =>
  Object.fromEntries(Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => [name!, make(name!)] as const));

/** A good body, where a route needs one. */
const BODIES: Readonly<Record<string, (caller: Client) => object>> = {
  'POST /api/v1/auth/register': () => ({ username: `new-${newId()}`, password: PASSWORD }),
  'POST /api/v1/auth/login': ({ tokens }) => ({ username: tokens!.user.username, password: PASSWORD }),
  'POST /api/v1/auth/refresh': ({ tokens }) => ({ refreshToken: tokens!.refreshToken }),
  'POST /api/v1/auth/api-keys': () => ({ name: 'mine', scopes: ['chat'] }),
  'PATCH /api/v1/users/me': () => ({ displayName: 'Mine' }),
  'DELETE /api/v1/users/me': () => ({ password: PASSWORD }),
  'PUT /api/v1/users/me/password': () => ({ currentPassword: PASSWORD, newPassword: 'marble kite orchard' }),
  'PATCH /api/v1/users/{id}': () => ({ role: 'admin', quotaTokens: 5 }),
  'POST /api/v1/conversations': () => ({ title: 'Mine' }),
  'PATCH /api/v1/conversations/{id}': () => ({ title: 'Mine' }),
  'POST /api/v1/conversations/{id}/messages': () => ({ content: 'Where is it cold?' }),
  'POST /api/v1/conversations/{id}/messages/stream': () => ({ content: 'Where is it cold?' }),
  'POST /api/v1/questions': () => ({ question: 'Where is it cold?' }),
  // To be kept, so that whoever may not ask leaves no trace, and a stream, as the scripted model answers.
  'POST /v1/chat/completions': () => ({
    model: 'custom/scripted',
    messages: [{ role: 'user', content: 'Where is it cold?' }],
    stream: true,
    store: true,
  }),
};

/** Calls a route as it wants to be called. `query` begins with its question mark. An error is told alike, whatever its shape is there. */
export async function callRoute(
  client: Client,
  route: Route,
  ids: Ids = idsFor(route),
  query = '',
): Promise<Answered<ProblemBody>> {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_gap, name: string) => encodeURIComponent(ids[name]!));
  const below = path.startsWith(API) ? path.slice(API.length) : `/${path}`;
  const answer = await client.call<ProblemBody | EnvelopeBody>(
    route.method,
    below + query,
    BODIES[nameOf(route)]?.(client),
  );
  return { ...answer, body: toProblemBody(answer) };
}

/** OpenAI's envelope, as far as tests look at it. */
interface EnvelopeBody {
  readonly error: { readonly code: string; readonly message: string; readonly param: string | null };
}

function toProblemBody({ headers, body }: Answered<ProblemBody | EnvelopeBody>): ProblemBody {
  if (typeof body !== 'object' || !('error' in body) || 'id' in body) return body as ProblemBody;
  const { code, message, param } = body.error;
  const errors = param === null ? [] : [{ path: param, code }];
  return { code, detail: message, requestId: headers.get('x-request-id')!, errors };
}
