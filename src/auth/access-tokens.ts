import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { Config } from '../config/config';

/** What every access token says and every check of one demands (RFC 9068 for `typ`). */
export const ACCESS_TOKEN = {
  algorithm: 'HS256',
  issuer: 'parley',
  audience: 'parley',
  type: 'at+jwt',
  seconds: 600,
} as const;

interface Header {
  readonly typ?: unknown;
  readonly kid?: unknown;
}

/** Signs access tokens, and knows the keys that they are checked by: a text would be tried as a public key at every request. */
@Injectable()
export class AccessTokens {
  /** By `kid`. The first is the one in use; the others were, before a rotation. */
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly current: { readonly kid: string; readonly key: KeyObject };

  constructor(
    private readonly jwt: JwtService,
    { auth: { jwtSecrets } }: Config,
  ) {
    const named = jwtSecrets.map((secret) => [kidOf(secret), createSecretKey(secret, 'utf8')] as const);
    this.keys = new Map(named);
    const [kid, key] = named[0]!;
    this.current = { kid, key };
  }

  /** Good for ten minutes, and no longer than the session that it names. */
  sign({ userId, sessionId }: { userId: string; sessionId: string }): Promise<string> {
    const { algorithm, issuer, audience, type, seconds } = ACCESS_TOKEN;
    return this.jwt.signAsync(
      { sid: sessionId },
      {
        secret: this.current.key as unknown as Buffer, // its types know no KeyObject, jsonwebtoken does
        subject: userId,
        algorithm,
        issuer,
        audience,
        expiresIn: seconds,
        header: { alg: algorithm, typ: type, kid: this.current.kid },
      },
    );
  }

  /** What a token of ours is signed with. Null: no access token (RFC 8725, section 3.11), or one of an unknown key. */
  keyOf(token: string): KeyObject | null {
    const { typ, kid = this.current.kid } =
      (this.jwt.decode<{ header?: Header } | null>(token, { complete: true }) ?? {}).header ?? {};
    if (typ !== ACCESS_TOKEN.type || typeof kid !== 'string') return null;
    return this.keys.get(kid) ?? null;
  }
}

/** Tells keys apart without telling anything of them. */
const kidOf = (secret: string): string =>
  createHash('sha256').update(`parley kid v1 ${secret}`).digest('base64url').slice(0, 12);
