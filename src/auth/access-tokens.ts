import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { DomainError } from '../common/errors/domain-error';
import { isId } from '../common/ids';
import { Config } from '../config/config';

/** What every access token says and every check of one demands (RFC 9068 for `typ`). */
export const ACCESS_TOKEN = {
  algorithm: 'HS256',
  issuer: 'parley',
  audience: 'parley',
  type: 'at+jwt',
  seconds: 600,
} as const;

/** Whom a token names. */
export interface Named {
  readonly userId: string;
  readonly sessionId: string;
}

interface Payload {
  readonly sub?: unknown;
  readonly sid?: unknown;
  readonly exp?: unknown;
}

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

  /** Whom a token of ours names. @throws DomainError `unauthenticated`, `token_expired` */
  async verify(token: string): Promise<Named> {
    const { algorithm, issuer, audience } = ACCESS_TOKEN;
    const secret = this.keyOf(token) as unknown as Buffer | null;
    if (!secret) throw notSignedIn();
    const options = { secret, algorithms: [algorithm], issuer, audience };
    const payload = await this.jwt.verifyAsync<Payload>(token, options).catch((error: unknown) => {
      throw refusalOf(error);
    });
    return namedIn(payload);
  }

  /** What a token of ours is signed with. Null: no access token (RFC 8725, section 3.11), or one of an unknown key. */
  keyOf(token: string): KeyObject | null {
    const { typ, kid = this.current.kid } = this.headerOf(token);
    if (typ !== ACCESS_TOKEN.type || typeof kid !== 'string') return null;
    return this.keys.get(kid) ?? null;
  }

  /** Of a token of any making, also one that falls apart in the hands. */
  private headerOf(token: string): Header {
    try {
      return this.jwt.decode<{ header?: Header } | null>(token, { complete: true })?.header ?? {};
    } catch {
      return {};
    }
  }
}

/** Of a payload whose signature is ours; nothing else in it is believed. @throws DomainError `unauthenticated` */
export function namedIn({ sub, sid, exp }: Payload): Named {
  if (typeof sub !== 'string' || typeof sid !== 'string' || !isId(sid) || typeof exp !== 'number')
    throw notSignedIn();
  return { userId: sub, sessionId: sid };
}

/** Why a token is refused, where a check of its signature and its times has failed. */
export function refusalOf(reason: unknown): DomainError {
  const expired = reason instanceof Error && reason.name === 'TokenExpiredError';
  return expired
    ? new DomainError('token_expired', 'The access token has expired. Refresh it.')
    : notSignedIn();
}

const notSignedIn = () => new DomainError('unauthenticated', 'A valid access token is needed.');

/** Tells keys apart without telling anything of them. */
const kidOf = (secret: string): string =>
  createHash('sha256').update(`parley kid v1 ${secret}`).digest('base64url').slice(0, 12);
