import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../../common/errors/domain-error';
import { newId } from '../../common/ids';
import { Config } from '../../config/config';
import { UsersService } from '../../users/users.service';
import { RefreshTokens } from './refresh-token';
import { SessionRepository, type SessionState } from './session.repository';

/** A sign-in, and the token that goes on with it. */
export interface OpenSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly refreshToken: string;
}

/** What a refresh token says, found genuine. */
export interface RefreshClaim {
  readonly session: Pick<SessionState, 'id' | 'userId' | 'salt'>;
  readonly rotation: number;
}

/** The contract: an ended session is refused on every replica within 5 s. */
const CHECK_TTL_MS = 4_000;
const CHECKED_SESSIONS = 50_000;

interface Check {
  readonly userId: string;
  readonly refusal: 'session_revoked' | 'account_disabled' | null;
}

@Injectable()
export class SessionsService {
  private readonly tokens: RefreshTokens;
  private readonly checks = new LRUCache<string, Check>({
    max: CHECKED_SESSIONS,
    ttl: CHECK_TTL_MS,
    fetchMethod: (sessionId) => this.look(sessionId),
  });

  constructor(
    private readonly sessions: SessionRepository,
    private readonly users: UsersService,
    private readonly config: Config,
  ) {
    this.tokens = new RefreshTokens(config.auth.jwtSecret);
  }

  async open(userId: string): Promise<OpenSession> {
    const session = { id: newId(), userId, salt: randomBytes(16) };
    const { sessionIdleMs: idleMs, sessionMaxMs: maxMs } = this.config.auth;
    await this.sessions.insert({ ...session, idleMs, maxMs });
    return this.opened(session, 0);
  }

  /** The sign-in that a refresh token goes on with. @throws DomainError `unauthenticated` – none of our tokens. */
  async read(token: string): Promise<RefreshClaim> {
    const claim = this.tokens.read(token);
    const session = claim && (await this.sessions.find(claim.sessionId));
    if (!claim || !session || !this.tokens.isGenuine(token, session)) throw unauthenticated();
    return { session, rotation: claim.rotation };
  }

  /**
   * Takes refresh token n for token n + 1. Token n again within 10 s gives n + 1 again: two tabs, or an answer that was lost.
   *
   * @throws DomainError `session_revoked` – ended; or the token was used long ago, so somebody has a copy, and it ends now.
   */
  async refresh({ session, rotation }: RefreshClaim): Promise<OpenSession> {
    if (await this.sessions.rotate(session.id, rotation, this.config.auth.sessionIdleMs)) {
      return this.opened(session, rotation + 1);
    }
    const now = await this.sessions.find(session.id);
    if (!now?.living) throw revoked();
    if (now.rotation === rotation + 1 && now.justRotated) return this.opened(session, now.rotation);
    await this.sessions.revoke(session.id, 'reuse');
    this.checks.delete(session.id);
    throw revoked();
  }

  /** At once here; on other replicas within 5 s. */
  async end(sessionId: string): Promise<void> {
    await this.sessions.revoke(sessionId, 'logout');
    this.checks.delete(sessionId);
  }

  /**
   * That the session lives, is that user's, and the account may be used. At most 4 s old.
   *
   * @throws DomainError `session_revoked`, `account_disabled`
   */
  async check(sessionId: string, userId: string): Promise<void> {
    const check = await this.checks.fetch(sessionId);
    if (check?.userId !== userId) throw revoked();
    if (check.refusal === 'account_disabled')
      throw new DomainError('account_disabled', 'This account is disabled.');
    if (check.refusal) throw revoked();
  }

  private async look(sessionId: string): Promise<Check | undefined> {
    const session = await this.sessions.find(sessionId);
    if (!session) return undefined;
    const user = session.living ? await this.users.find(session.userId) : null;
    const refusal = !user ? 'session_revoked' : user.disabledAt ? 'account_disabled' : null;
    return { userId: session.userId, refusal };
  }

  private opened(session: RefreshClaim['session'], rotation: number): OpenSession {
    return {
      sessionId: session.id,
      userId: session.userId,
      refreshToken: this.tokens.make(session, rotation),
    };
  }
}

const unauthenticated = () => new DomainError('unauthenticated', 'The refresh token is not valid.');
const revoked = () => new DomainError('session_revoked', 'This session has ended. Sign in again.');
