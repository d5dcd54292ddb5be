import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { isPublic } from '../../common/auth/public';
import { DomainError } from '../../common/errors/domain-error';
import { StrangerLimitGuard } from '../../common/throttle/limit.guards';

/** Global: whatever is not `@Public()` needs an access token. */
@Injectable()
export class AuthenticateGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly strangers: StrangerLimitGuard,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isPublic(this.reflector, context)) return true;
    try {
      return (await super.canActivate(context)) as boolean;
    } catch (error) {
      await this.strangers.canActivate(context); // guessing tokens is limited, too
      throw error;
    }
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
