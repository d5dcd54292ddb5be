import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** What an API key may be for. `chat` includes `read`. */
export const SCOPES = ['chat', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling: an account, by way of one of its sessions or of an API key. At most 5 s old. */
export interface Caller {
  readonly userId: string;
  readonly kind: 'guest' | 'member';
  readonly role: 'user' | 'admin';
  /** Null: by way of an API key. */
  readonly sessionId: string | null;
  /** Null: by way of a session, which may do whatever its account may. */
  readonly scopes: readonly Scope[] | null;
}

/** The caller, or undefined before authentication and on public routes. */
export const callerOf = (request: Request): Caller | undefined => request.user as Caller | undefined;

const callerIn = (context: ExecutionContext) => callerOf(context.switchToHttp().getRequest<Request>());

/** The caller of an authenticated route. The global guard has put it there, or has refused the request. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callerIn(context);
  if (!caller) throw new TypeError('@CurrentCaller() on a public route');
  return caller;
});

/** The caller where a token may be left out; null: it was. */
export const MaybeCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | null => callerIn(context) ?? null,
);

/** The session of the caller, on routes that keys don't reach. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const sessionId = callerIn(context)?.sessionId;
  if (!sessionId) throw new TypeError('@CurrentSession() on a route that keys reach');
  return sessionId;
});
