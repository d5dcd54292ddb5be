import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AuditService } from '../../audit/audit.service';
import type { Caller } from '../../common/auth/caller';
import { DomainError } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import { Config } from '../../config/config';
import { browserOf } from './browser';
import { SessionRepository, type SessionState } from './session.repository';

/** The contract: an ended session is refused on every replica within 5 s. */
const CHECK_TTL_MS = 4_000;
const CHECKED_SESSIONS = 50_000;
const ENDED = 'ended';

/** Asks of every request whether its session still lives: the database once in four seconds, and this memory in between. */
@Injectable()
export class SessionChecks {
  private readonly states = new LRUCache<string, SessionState | typeof ENDED>({
    max: CHECKED_SESSIONS,
    ttl: CHECK_TTL_MS,
    ignoreFetchAbort: true, // who is just being checked while the session ends gets what was found
    fetchMethod: async (sessionId, _stale, { options }) => {
      const askedAt = performance.now(); // what is found may have changed since
      const state = await this.sessions.use(sessionId, this.staleMs);
      options.ttl = Math.max(1, CHECK_TTL_MS - (performance.now() - askedAt));
      return state ?? undefined;
    },
  });

  constructor(
    private readonly sessions: SessionRepository,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {}

  /** How long a use may go unwritten; guests that stay away are told from others by it. */
  private get staleMs(): number {
    return Math.min(60_000, this.config.auth.guestTtlMs / 4);
  }

  /**
   * Who is behind a session, if it lives, is that user's, and the account may be used.
   *
   * @throws DomainError `session_revoked`, `account_disabled`
   */
  async callerOf(sessionId: string, userId: string, source: RequestSource): Promise<Caller> {
    const session = await this.states.fetch(sessionId);
    if (!session || session === ENDED || session.userId !== userId || !session.living) throw revoked();
    await this.refuseOtherBrowser(session, source);
    if (session.disabled) throw new DomainError('account_disabled', 'This account is disabled.');
    return { userId, sessionId, kind: session.kind, role: session.role, scopes: null };
  }

  /**
   * A cookie that turns up in another browser has been copied: its session ends.
   *
   * @throws DomainError `session_revoked`
   */
  async refuseOtherBrowser(
    { id, userId, transport, userAgent }: Pick<SessionState, 'id' | 'userId' | 'transport' | 'userAgent'>,
    source: RequestSource,
  ): Promise<void> {
    if (transport !== 'cookie' || !this.config.auth.protectSessions) return;
    if (browserOf(userAgent) === browserOf(source.userAgent)) return;
    const ended = await this.sessions.revokeOwned(userId, id, 'moved');
    this.noteEnd(id);
    if (ended) await this.audit.record({ action: 'session.moved', userId, actorId: null, source });
    throw revoked();
  }

  /** Refuses a session at once that has ended here. Deleting it would let a check that is under way put it back. */
  noteEnd(sessionId: string): void {
    this.states.set(sessionId, ENDED);
  }
}

export const revoked = () => new DomainError('session_revoked', 'This session has ended. Sign in again.');
