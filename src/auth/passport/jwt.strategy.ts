import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Caller } from '../../common/auth/caller';
import { DomainError } from '../../common/errors/domain-error';
import { sourceOf } from '../../common/http/request-source';
import { isId } from '../../common/ids';
import { ACCESS_TOKEN, AccessTokens } from '../access-tokens';
import { SessionChecks } from '../sessions/session-checks';

interface Payload {
  readonly sub?: unknown;
  readonly sid?: unknown;
  readonly exp?: unknown;
}

/** `Authorization: Bearer <access token>`. Of the token only `sub` and `sid` are believed; the session tells the rest. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    tokens: AccessTokens,
    private readonly checks: SessionChecks,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      passReqToCallback: true,
      secretOrKeyProvider: (_request, token: string, done) => {
        const key = tokens.keyOf(token);
        if (key) done(null, key as unknown as Buffer);
        else done(new Error('No access token.'));
      },
      algorithms: [ACCESS_TOKEN.algorithm],
      issuer: ACCESS_TOKEN.issuer,
      audience: ACCESS_TOKEN.audience,
    });
  }

  async validate(request: Request, { sub, sid, exp }: Payload): Promise<Caller> {
    if (typeof sub !== 'string' || typeof sid !== 'string' || !isId(sid) || typeof exp !== 'number') {
      throw new DomainError('unauthenticated', 'A valid access token is needed.');
    }
    return this.checks.callerOf(sid, sub, sourceOf(request));
  }
}
