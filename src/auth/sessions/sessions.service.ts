import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { AuditService } from '../../audit/audit.service';
import { DomainError, notFound } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import { newId } from '../../common/ids';
import type { Page, PageRequest } from '../../common/paging/page';
import { Config } from '../../config/config';
import type { User } from '../../users/user.entity';
import { RefreshTokens } from './refresh-token';
import { revoked, SessionChecks } from './session-checks';
import type { Transport } from './session.entity';
import { SessionRepository, type ListedSession, type SessionState } from './session.repository';

/** A sign-in, and the token that goes on with it. */
export interface OpenSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly transport: Transport;
  readonly refreshToken: string;
}

/** What a refresh token says, found genuine. */
export interface RefreshClaim {
  readonly session: Pick<SessionState, 'id' | 'userId' | 'salt' | 'transport' | 'userAgent'>;
  readonly rotation: number;
}

/** A row that somebody else has changed under a rotation is seen as it is by the next one. */
const ROTATIONS_TRIED = 5;

@Injectable()
export class SessionsService {
  private readonly tokens: RefreshTokens;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly checks: SessionChecks,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {
    this.tokens = new RefreshTokens(config.auth.jwtSecrets);
  }

  /**
   * Null: the account has been erased since it was read. Where only its epoch has moved on, as by a change of password, the
   * session is dead from the start.
   */
  async open(
    { id: userId, sessionEpoch }: Pick<User, 'id' | 'sessionEpoch'>,
    transport: Transport,
    { ip, userAgent }: RequestSource,
  ): Promise<OpenSession | null> {
    const session = { id: newId(), userId, salt: randomBytes(16), transport, userAgent, ip };
    const { sessionIdleMs: idleMs, sessionMaxMs: maxMs } = this.config.auth;
    const there = await this.sessions.insert({ ...session, epoch: sessionEpoch, idleMs, maxMs });
    return there ? this.opened(session, 0) : null;
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
  async refresh({ session, rotation }: RefreshClaim, source: RequestSource): Promise<OpenSession> {
    await this.checks.refuseOtherBrowser(session, source);
    for (let tries = 1; tries <= ROTATIONS_TRIED; tries++) {
      if (await this.sessions.rotate(session.id, rotation, this.config.auth.sessionIdleMs))
        return this.opened(session, rotation + 1);
      const now = await this.sessions.find(session.id);
      if (!now?.living) throw revoked();
      if (now.rotation === rotation + 1 && now.justRotated) return this.opened(session, now.rotation);
      if (now.rotation > rotation) await this.refuseReused(session, source);
    } // nobody has used it: its row was busy with something else, such as a change of password
    throw new DomainError('database_unavailable', 'The session is busy. Try again shortly.');
  }

  /** The living ones of an account, newest first. */
  list(userId: string, page: PageRequest<{ id: string }>): Promise<Page<ListedSession>> {
    return this.sessions.pageOwned(userId, page);
  }

  /** At once here; on other replicas within 5 s. @throws DomainError `not_found` – none of that user's that lives. */
  async end(userId: string, sessionId: string, source: RequestSource): Promise<void> {
    if (!(await this.leave(userId, sessionId, source))) throw notFound('session');
  }

  /** As `end`, whether it still lives or not. Whether it did. */
  async leave(userId: string, sessionId: string, source: RequestSource): Promise<boolean> {
    if (!(await this.sessions.revokeOwned(userId, sessionId, 'ended'))) return false;
    this.checks.noteEnd(sessionId);
    await this.audit.record({ action: 'session.ended', userId, source });
    return true;
  }

  /** All but one, on every replica within 5 s. */
  async endOthers(userId: string, keptId: string, source: RequestSource): Promise<void> {
    if (await this.sessions.endOthersOwned(userId, keptId))
      await this.audit.record({ action: 'sessions.ended', userId, source });
  }

  /** Whether somebody signed in to that account from there in the last 30 days. Null: no account; it takes as long. */
  async knows(userId: string | null, { ip }: RequestSource): Promise<boolean> {
    return ip !== null && (await this.sessions.isKnownAddress(userId, ip));
  }

  /** Some sessions that ended long ago: how many. */
  deleteOld(limit: number): Promise<number> {
    return this.sessions.deleteOld(limit);
  }

  private async refuseReused({ id, userId }: RefreshClaim['session'], source: RequestSource): Promise<never> {
    const ended = await this.sessions.revokeOwned(userId, id, 'reuse');
    this.checks.noteEnd(id);
    if (ended) await this.audit.record({ action: 'token.reused', userId, actorId: null, source });
    throw revoked();
  }

  private opened(
    session: Pick<SessionState, 'id' | 'userId' | 'salt' | 'transport'>,
    rotation: number,
  ): OpenSession {
    const { id: sessionId, userId, transport } = session;
    return { sessionId, userId, transport, refreshToken: this.tokens.make(session, rotation) };
  }
}

const unauthenticated = () => new DomainError('unauthenticated', 'The refresh token is not valid.');
