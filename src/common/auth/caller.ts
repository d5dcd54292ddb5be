import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** Who is calling: an account, by way of one of its sessions. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
}

/** The caller, or undefined before authentication and on public routes. */
export const callerOf = (request: Request): Caller | undefined => request.user as Caller | undefined;

/** The caller of an authenticated route. The global guard has put it there, or has refused the request. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callerOf(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new TypeError('@CurrentCaller() on a public route');
  return caller;
});
