import { Injectable } from '@nestjs/common';
import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import { DomainError, validationFailed } from '../common/errors/domain-error';
import { Config } from '../config/config';

const NAME = 'parley_refresh';
/** Browsers take Secure cookies from these without HTTPS. */
const LOCAL = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** The refresh token of a browser, where no script can read it and no other site can send it. */
@Injectable()
export class RefreshCookie {
  constructor(private readonly config: Config) {}

  set(response: Response, refreshToken: string): void {
    const { name, options } = this.form(response.req);
    response.cookie(name, refreshToken, { ...options, maxAge: this.config.auth.sessionIdleMs });
  }

  clear(response: Response): void {
    const { name, options } = this.form(response.req);
    if (this.find(response.req) !== undefined) response.clearCookie(name, options);
  }

  /** Null: there is none. @throws DomainError `forbidden` – it was not one of our own pages that sent it. */
  read(request: Request): string | null {
    const token = this.find(request);
    if (token === undefined) return null;
    if (!this.allowedOrigins(request).includes(request.get('origin') ?? ''))
      throw new DomainError('forbidden', 'A cookie counts only where its page comes from an allowed origin.');
    return token;
  }

  private find(request: Request): string | undefined {
    const value = parseCookie(request.headers.cookie ?? '')[this.form(request).name];
    return value === '' ? undefined : value;
  }

  /** With the prefix, a browser takes the cookie from no other host and over nothing but a secure connection (RFC 6265bis, 4.1.3). */
  private form(request: Request): { name: string; options: CookieOptions } {
    const { protocol, hostname } = new URL(this.config.http.publicUrl ?? originOf(request));
    const secure = protocol === 'https:' || LOCAL.test(hostname);
    return {
      name: secure ? `__Host-${NAME}` : NAME,
      options: { httpOnly: true, sameSite: 'strict', secure, path: '/' },
    };
  }

  private allowedOrigins(request: Request): readonly string[] {
    const { publicUrl, corsOrigins } = this.config.http;
    const named = [...(publicUrl ? [publicUrl] : []), ...corsOrigins];
    return named.length > 0 ? named : [originOf(request)];
  }
}

/** As the browser sees it, past proxies that are believed. A host that is no host is nobody's. */
function originOf(request: Request): string {
  const url = `${request.protocol}://${request.host}`;
  return URL.canParse(url) ? new URL(url).origin : 'http://invalid';
}

/** @throws DomainError `validation_failed` – neither in the body nor in a cookie. */
export function refreshTokenMissing(): DomainError {
  return validationFailed([
    { path: '/refreshToken', code: 'required', message: 'is needed where no cookie has it' },
  ]);
}
