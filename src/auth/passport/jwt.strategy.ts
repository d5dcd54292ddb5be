import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Caller } from '../../common/auth/caller';
import { sourceOf } from '../../common/http/request-source';
import { ACCESS_TOKEN, AccessTokens, namedIn } from '../access-tokens';
import { SessionChecks } from '../sessions/session-checks';

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

  async validate(request: Request, payload: object): Promise<Caller> {
    const { sessionId, userId } = namedIn(payload);
    return this.checks.callerOf(sessionId, userId, sourceOf(request));
  }
}
