import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { PassportStrategy } from '@nestjs/passport';
import { createSecretKey } from 'node:crypto';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Caller } from '../../common/auth/caller';
import { DomainError } from '../../common/errors/domain-error';
import { isId } from '../../common/ids';
import { Config } from '../../config/config';
import { ACCESS_TOKEN } from '../access-tokens';
import { SessionsService } from '../sessions/sessions.service';

/** `Authorization: Bearer <access token>`. Of the token only `sub` and `sid` are believed; the session tells the rest. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    { auth }: Config,
    jwt: JwtService,
    private readonly sessions: SessionsService,
  ) {
    // A text would be tried as a public key first, at every request: slower than all the rest of the check.
    const key = createSecretKey(auth.jwtSecret, 'utf8') as unknown as Buffer;
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request, token: string, done) => {
        if (isAccessToken(jwt.decode(token, { complete: true }))) done(null, key);
        else done(new Error('No access token.'));
      },
      algorithms: [ACCESS_TOKEN.algorithm],
      issuer: ACCESS_TOKEN.issuer,
      audience: ACCESS_TOKEN.audience,
    });
  }

  async validate({ sub, sid }: { readonly sub?: unknown; readonly sid?: unknown }): Promise<Caller> {
    if (typeof sub !== 'string' || typeof sid !== 'string' || !isId(sid)) {
      throw new DomainError('unauthenticated', 'A valid access token is needed.');
    }
    await this.sessions.check(sid, sub);
    return { userId: sub, sessionId: sid };
  }
}

/** No other token that this secret may sign one day is taken for one (RFC 8725, section 3.11). */
const isAccessToken = (token: { header?: { typ?: string } } | null): boolean =>
  token?.header?.typ === ACCESS_TOKEN.type;
