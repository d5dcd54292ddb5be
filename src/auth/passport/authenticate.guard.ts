import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { isOpen } from '../../common/auth/access';
import { StrangerLimitGuard } from '../../common/throttle/limit.guards';
import { refusalOf } from '../access-tokens';
import { isApiKey } from '../api-keys/api-key';
import { ApiKeysService } from '../api-keys/api-keys.service';

const BEARER = /^bearer +(\S+)$/i;

/** Global: whatever is not open needs an access token or an API key. */
@Injectable()
export class AuthenticateGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly strangers: StrangerLimitGuard,
    private readonly keys: ApiKeysService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isOpen(this.reflector, context)) return true;
    try {
      return await this.authenticate(context);
    } catch (error) {
      await this.strangers.canActivate(context); // guessing tokens is limited, too
      throw error;
    }
  }

  private async authenticate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isApiKey(token)) return (await super.canActivate(context)) as boolean;
    request.user = await this.keys.authenticate(token);
    return true;
  }

  /** As Passport calls it: an error of the strategy, or a caller, or why there is none. */
  override handleRequest<Caller>(error: unknown, caller: Caller | false, reason: unknown): Caller {
    if (error) throw error as Error;
    if (caller) return caller;
    throw refusalOf(reason);
  }
}
