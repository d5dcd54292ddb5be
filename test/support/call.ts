import { SCOPES, type Scope } from '../../src/common/auth/caller';
import type { Operation } from './contract';
import { reachOf, scopesFor } from './reach';

/** By a session; by a key of an administrator; or by what lets nobody in. */
const SESSIONS = ['guest', 'member', 'admin'] as const;
const KEYS = SCOPES.map((scope) => `${scope} key` as const);
const STRANGERS = ['nobody', 'garbage', 'forged', 'expired', 'ended', 'disabled'] as const;

export type Role = (typeof SESSIONS)[number];
export type Stranger = (typeof STRANGERS)[number];
export type Who = Role | `${Scope} key` | Stranger;

export const WHO: readonly Who[] = [...SESSIONS, ...KEYS, ...STRANGERS];

export const isStranger = (who: Who): who is Stranger => (STRANGERS as readonly string[]).includes(who);
export const scopeOf = (who: Who): Scope | undefined => SCOPES.find((scope) => `${scope} key` === who);

/** Where a token may be left out, but counts when it is there. */
const OPTIONAL = /^auth(Register|Logout)$/;

/** Whether somebody gets what that operation is for, as far as that depends on who it is. */
export function mayCall(who: Who, operation: Operation): boolean {
  const reach = reachOf(operation);
  const scope = scopeOf(who);
  if (reach === 'open') return true;
  if (OPTIONAL.test(operation.operationId) && who === 'nobody') return true;
  if (isStranger(who)) return false;
  if (scope !== undefined) return scopesFor(operation).includes(scope);
  return reach !== 'admin' || who === 'admin';
}

/** A request of the document's, before it is known whose conversation and which session it names. */
export interface Call {
  readonly operation: Operation;
  readonly who: Who;
  /** Which of those. */
  readonly person: number;
  readonly method: string;
  /** By the names of the gaps in the path. */
  readonly gaps: Readonly<Record<string, unknown>>;
  readonly query: readonly (readonly [string, unknown])[];
  readonly headers: Readonly<Record<string, unknown>>;
  /** Undefined: none. */
  readonly body: unknown;
  /** Sent instead of the body as JSON. */
  readonly raw: string | Uint8Array | null;
  /** What is wrong with it besides its body. Null: nothing. */
  readonly fault: string | null;
}
