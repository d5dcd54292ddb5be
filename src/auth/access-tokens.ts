import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

/** What every access token says and every check of one demands (RFC 9068 for `typ`). */
export const ACCESS_TOKEN = {
  algorithm: 'HS256',
  issuer: 'parley',
  audience: 'parley',
  type: 'at+jwt',
  seconds: 600,
} as const;

@Injectable()
export class AccessTokens {
  constructor(private readonly jwt: JwtService) {}

  /** Good for ten minutes, and no longer than the session that it names. */
  sign({ userId, sessionId }: { userId: string; sessionId: string }): Promise<string> {
    const { algorithm, issuer, audience, type, seconds } = ACCESS_TOKEN;
    return this.jwt.signAsync(
      { sid: sessionId },
      {
        subject: userId,
        algorithm,
        issuer,
        audience,
        expiresIn: seconds,
        header: { alg: algorithm, typ: type },
      },
    );
  }
}
