import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import type { Caller } from '../../common/auth/caller';
import { DomainError } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import { SessionChecks } from '../sessions/session-checks';
import { WsTicketRepository } from './ws-ticket.repository';

/** The contract: long enough to open a socket. */
export const TICKET_SECONDS = 30;

const hashOf = (ticket: string): Buffer => createHash('sha256').update(ticket).digest();

/** Tickets that open one socket each, for pages that would rather not hand their access token to it. */
@Injectable()
export class WsTicketsService {
  constructor(
    private readonly tickets: WsTicketRepository,
    private readonly checks: SessionChecks,
  ) {}

  async issue(sessionId: string): Promise<string> {
    const ticket = `wt_${randomBytes(24).toString('base64url')}`;
    await this.tickets.insert(hashOf(ticket), sessionId, TICKET_SECONDS);
    return ticket;
  }

  /** Who is behind a ticket, which is used up. @throws DomainError `unauthenticated`, `session_revoked`, `account_disabled` */
  async redeem(ticket: string, source: RequestSource): Promise<Caller> {
    const taken = await this.tickets.take(hashOf(ticket));
    if (!taken) throw new DomainError('unauthenticated', 'This ticket has been used, or is none.');
    return this.checks.callerOf(taken.sessionId, taken.userId, source);
  }

  /** Some tickets whose time is over: how many. */
  deleteExpired(limit: number): Promise<number> {
    return this.tickets.deleteExpired(limit);
  }
}
