import { applyDecorators, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiProblems } from '../http/api-problems';

/**
 * Who may call a route:
 * - `session`: who is signed in; no API key. What a route is that says nothing.
 * - `chat`: who is signed in, and keys for `chat`; keys for `read` where it is a GET.
 * - `admin`: admins who are signed in, and their keys for `admin`.
 */
export type Access = 'session' | 'chat' | 'admin';

const ACCESS = 'parley:access';
const REFUSALS = {
  session: ['insufficient_scope'],
  chat: ['insufficient_scope'],
  admin: ['insufficient_scope', 'forbidden'],
} as const;

/** Opens a route to everybody. A token is not even looked at. */
export const Public = () => SetMetadata(ACCESS, 'public');

/** Opens a route to everybody; but where a token is given, it must be a good one of a session. */
export const TokenOptional = () =>
  applyDecorators(
    SetMetadata(ACCESS, 'optional'),
    ApiProblems(
      ...(['unauthenticated', 'token_expired', 'session_revoked', 'account_disabled'] as const),
      'insufficient_scope',
    ),
  );

/** Says who may call a route, and documents it. The global guards enforce it, with or without this. */
export const Authenticated = (access: Access = 'session') =>
  applyDecorators(
    SetMetadata(ACCESS, access),
    ApiBearerAuth(),
    ApiProblems('unauthenticated', 'token_expired', 'session_revoked', 'account_disabled'),
    ApiProblems(...REFUSALS[access]),
  );

export const accessOf = (reflector: Reflector, context: ExecutionContext): Access | 'public' | 'optional' =>
  reflector.getAllAndOverride<Access | 'public' | 'optional' | undefined>(ACCESS, [
    context.getHandler(),
    context.getClass(),
  ]) ?? 'session';

/** Whether a request is let in without anybody's token. */
export function isOpen(reflector: Reflector, context: ExecutionContext): boolean {
  const access = accessOf(reflector, context);
  const { authorization } = context.switchToHttp().getRequest<Request>().headers;
  return access === 'public' || (access === 'optional' && authorization === undefined);
}
