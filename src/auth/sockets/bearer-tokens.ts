import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../common/auth/socket-authenticator';
import type { RequestSource } from '../../common/http/request-source';
import { AccessTokens } from '../access-tokens';
import { hashOf, isApiKey } from '../api-keys/api-key';
import { ApiKeysService } from '../api-keys/api-keys.service';
import { SessionChecks } from '../sessions/session-checks';

/** Access tokens and API keys that come without a request for Passport to look at. */
@Injectable()
export class BearerTokens {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionChecks,
    private readonly keys: ApiKeysService,
  ) {}

  /** Who is behind a token. @throws DomainError `unauthenticated`, `token_expired`, `session_revoked`, `account_disabled` */
  async callerOf(token: string, source: RequestSource): Promise<Omit<SignedIn, 'user'>> {
    if (isApiKey(token)) {
      const caller = await this.keys.authenticate(token);
      return { caller, keyDigest: hashOf(token).toString('base64url') };
    }
    const { sessionId, userId } = await this.tokens.verify(token);
    return { caller: await this.sessions.callerOf(sessionId, userId, source), keyDigest: null };
  }
}
