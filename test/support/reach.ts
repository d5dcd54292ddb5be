import { SCOPES, type Scope } from '../../src/common/auth/caller';
import { nameOf, type Route } from './routes';

/**
 * Who may call: `open` looks at no token, `session` is closed to keys, `chat` and `admin` are open to keys for it. `unknown`:
 * nothing has been said about that route yet.
 */
type Reach = 'open' | 'session' | 'chat' | 'admin' | 'unknown';

/** What the contract says of access, in its own words and order; the first that fits counts. */
const RULES: readonly (readonly [RegExp, Reach])[] = [
  [/^GET \/health(\/\w+)?$/, 'open'],
  [/^POST \/api\/v1\/auth\/(guest|login|refresh)$/, 'open'], // "Login, guest and refresh ignore `Authorization`"
  [/^\w+ \/api\/v1\/auth\//, 'session'], // "never `/auth/*`"
  [/^GET \/api\/v1\/users\/me(\/usage)?$/, 'chat'], // not in the list: whose key it is, and what it has cost, its holder may know
  [/^\w+ \/api\/v1\/users\/me(\/password|\/export)?$/, 'session'], // "nor the account itself"
  [/^\w+ \/api\/v1\/(users|users\/\{id\}(\/sessions)?|audit)$/, 'admin'], // "admins only"
  [/^\w+ \/api\/v1\/(conversations|questions|models)(\/|$)/, 'chat'], // "reaches conversations, messages, …"
  [/^\w+ \/v1\//, 'chat'],
];

export const reachOf = (route: Route): Reach =>
  RULES.find(([pattern]) => pattern.test(nameOf(route)))?.[1] ?? 'unknown';

/** The scopes that each alone let a key of an administrator in. */
export function scopesFor(route: Route): readonly Scope[] {
  const reach = reachOf(route);
  if (reach === 'open') return SCOPES;
  if (reach === 'session' || reach === 'unknown') return [];
  return reach === 'chat' && route.method === 'GET' ? ['chat', 'read'] : [reach];
}

/** The scopes that, even all together, don't. */
export const scopesBeyond = (route: Route): readonly Scope[] =>
  SCOPES.filter((scope) => !scopesFor(route).includes(scope));
