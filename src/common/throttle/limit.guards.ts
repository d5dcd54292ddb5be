import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { callerOf } from '../auth/caller';
import { isOpen } from '../auth/access';
import { keyOf, tooManyRequests } from './budgets';
import { Replays } from './replays';
import { LIMITS, limitsOf, type LimitName } from './limits';

/** Counts one request against the limits of its route, and says so in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10). */
abstract class LimitGuard extends ThrottlerGuard {
  /** Whom this guard counts the request against under that limit. Null: not its business. */
  protected abstract trackerOf(
    name: LimitName,
    request: Request,
    context: ExecutionContext,
  ): Promise<string | null>;

  protected override async handleRequest({
    context,
    limit,
    ttl,
    throttler,
  }: ThrottlerRequest): Promise<boolean> {
    const name = throttler.name as LimitName;
    if (!limitsOf(this.reflector, context).includes(name)) return true;
    const [request, response] = [
      context.switchToHttp().getRequest<Request>(),
      context.switchToHttp().getResponse<Response>(),
    ];
    const tracker = await this.trackerOf(name, request, context);
    if (tracker === null) return true;
    const hit = await this.storageService.increment(keyOf(name, tracker), ttl, limit, ttl, name);
    response.append('RateLimit-Policy', `"${name}";q=${limit};w=${Math.ceil(ttl / 1000)}`);
    response.append('RateLimit', `"${name}";r=${Math.max(0, limit - hit.totalHits)};t=${hit.timeToExpire}`);
    if (!hit.isBlocked) return true;
    throw tooManyRequests(hit.timeToBlockExpire);
  }
}

/** Before authentication: by the caller's address (IPv6 by /64). */
@Injectable()
export class AddressLimitGuard extends LimitGuard {
  protected async trackerOf(
    name: LimitName,
    request: Request,
    context: ExecutionContext,
  ): Promise<string | null> {
    const { by } = LIMITS[name];
    const counts = by === 'address' || (by === 'both' && isOpen(this.reflector, context));
    return counts ? this.getTracker(request) : null;
  }
}

/** Where authentication fails: whoever has no account to count against counts by address. */
@Injectable()
export class StrangerLimitGuard extends LimitGuard {
  protected async trackerOf(name: LimitName, request: Request): Promise<string | null> {
    return LIMITS[name].by === 'both' ? this.getTracker(request) : null;
  }
}

/** After authentication: by account. What was sent before under the same key is not counted as sent again. */
@Injectable()
export class AccountLimitGuard extends LimitGuard {
  @Inject(Replays) private readonly replays!: Replays;

  protected async trackerOf(name: LimitName, request: Request): Promise<string | null> {
    const caller = callerOf(request);
    if (!caller || LIMITS[name].by === 'address') return null;
    const free = name === 'send' && (await this.replays.isReplay(caller.userId, request));
    return free ? null : caller.userId;
  }
}
