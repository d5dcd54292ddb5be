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

export const sourceOf = (request: Request): RequestSource => toSource(request.ip, request.get('user-agent'));

/** From an address as Node or a proxy writes it. */
export function toSource(address = '', userAgent?: string): RequestSource {
  const ip = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, ''); // as Postgres's inet takes it
  return { ip: isIP(ip) ? ip : null, userAgent: userAgent?.slice(0, 300) ?? null };
}

/** Where the request comes from, for the session list and the security log. */
export const Source = createParamDecorator((_: unknown, context: ExecutionContext): RequestSource =>
  sourceOf(context.switchToHttp().getRequest<Request>()),
);
