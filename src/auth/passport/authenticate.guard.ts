import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { isPublic } from '../../common/auth/public';
import { DomainError } from '../../common/errors/domain-error';

/** Global: whatever is not `@Public()` needs an access token. */
@Injectable()
export class AuthenticateGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    return isPublic(this.reflector, context) || ((await super.canActivate(context)) as boolean);
  }

  /** As Passport calls it: an error of the strategy, or a caller, or why there is none. */
  override handleRequest<Caller>(error: unknown, caller: Caller | false, reason: unknown): Caller {
    if (error) throw error as Error;
    if (caller) return caller;
    if (reason instanceof Error && reason.name === 'TokenExpiredError') {
      throw new DomainError('token_expired', 'The access token has expired. Refresh it.');
    }
    throw new DomainError('unauthenticated', 'A valid access token is needed.');
  }
}
