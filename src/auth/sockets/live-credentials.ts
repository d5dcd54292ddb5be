import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../common/auth/socket-authenticator';
import { Config } from '../../config/config';
import { staleMsOf } from '../sessions/session-checks';
import { LiveCredentialRepository } from './live-credential.repository';

type Holder = Pick<SignedIn, 'caller' | 'keyDigest'>;

/** Which sessions and keys live at this moment, past what is remembered of them. */
@Injectable()
export class LiveCredentials {
  constructor(
    private readonly credentials: LiveCredentialRepository,
    private readonly config: Config,
  ) {}

  /** Those that live no more. One statement, whatever their number; none for none. */
  async ended<T extends Holder>(all: readonly T[]): Promise<T[]> {
    if (all.length === 0) return [];
    const asked = {
      sessionIds: unique(all.map(({ caller }) => caller.sessionId)),
      keyHashes: unique(all.map(({ keyDigest }) => keyDigest)).map(fromDigest),
      userIds: unique(all.map(({ caller }) => caller.userId)),
    };
    const found = await this.credentials.use(asked, staleMsOf(this.config));
    const living = new Set(
      found.map(({ sessionId, keyHash }) => sessionId ?? keyHash?.toString('base64url')),
    );
    return all.filter(({ caller, keyDigest }) => !living.has(caller.sessionId ?? keyDigest!));
  }
}

const fromDigest = (digest: string): Buffer => Buffer.from(digest, 'base64url');

const unique = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];
