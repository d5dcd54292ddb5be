import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { isIP } from 'node:net';

/** Where a request comes from. */
export interface RequestSource {
  /** Null where a proxy that is believed says something else than an address. */
  readonly ip: string | null;
  /** Cut to 300 characters. */
  readonly userAgent: string | null;
}

export function sourceOf(request: Request): RequestSource {
  const ip = (request.ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, ''); // as Postgres's inet takes it
  return { ip: isIP(ip) ? ip : null, userAgent: request.get('user-agent')?.slice(0, 300) ?? null };
}

/** Where the request comes from, for the session list and the security log. */
export const Source = createParamDecorator((_: unknown, context: ExecutionContext): RequestSource =>
  sourceOf(context.switchToHttp().getRequest<Request>()),
);
