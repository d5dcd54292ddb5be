import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service';
import type { Caller } from '../../common/auth/caller';
import { DomainError } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import { Config } from '../../config/config';
import { RecentStates } from '../recent-states';
import { browserOf } from './browser';
import { SessionRepository, type SessionState } from './session.repository';

/** How long a use may go unwritten; guests that stay away are told from others by it. */
export const staleMsOf = ({ auth: { guestTtlMs } }: Config): number => Math.min(60_000, guestTtlMs / 4);

const CHECKED_SESSIONS = 50_000;

/** Asks of every request whether its session still lives: the database once in four seconds, and this memory in between. */
@Injectable()
export class SessionChecks {
  private readonly states = new RecentStates<SessionState>(CHECKED_SESSIONS, (sessionId) =>
    this.sessions.use(sessionId, staleMsOf(this.config)),
  );

  constructor(
    private readonly sessions: SessionRepository,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {}

  /**
   * Who is behind a session, if it lives, is that user's, and the account may be used.
   *
   * @throws DomainError `session_revoked`, `account_disabled`
   */
  async callerOf(sessionId: string, userId: string, source: RequestSource): Promise<Caller> {
    const session = await this.states.find(sessionId);
    if (session?.userId !== userId || !session.living) throw revoked();
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

  /** Refuses a session at once that has ended here. */
  noteEnd(sessionId: string): void {
    this.states.noteEnd(sessionId);
  }
}

export const revoked = () => new DomainError('session_revoked', 'This session has ended. Sign in again.');
