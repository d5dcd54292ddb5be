import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { Caller } from '../common/auth/caller';
import { errorForLog } from '../common/errors/error-for-log';
import type { RequestSource } from '../common/http/request-source';
import { within } from '../common/within';
import { ConversationsService } from '../conversations/conversations.service';
import { UsersService } from '../users/users.service';

/** How long a caller waits for the rows of a long history to go; the rest goes on without it. */
const WAIT_MS = 5_000;
const AT_ONCE = 20;

/**
 * Erases accounts. The first step commits that an account is gone: no token of it works, and its name is free. The rows follow,
 * and where a process dies over them, another one goes on.
 */
@Injectable()
export class ErasureService {
  private readonly logger = new Logger(ErasureService.name);

  constructor(
    private readonly users: UsersService,
    private readonly conversations: ConversationsService,
    private readonly audit: AuditService,
  ) {}

  /** Whether there was such an account. @throws DomainError `conflict` – it is the last administrator's. */
  async erase(userId: string, by: Pick<Caller, 'userId'>, source: RequestSource): Promise<boolean> {
    const actor = { userId: by.userId === userId ? null : by.userId, source };
    if (!(await this.users.beginErasure(actor, userId))) return false;
    await within(WAIT_MS, this.finish(userId));
    return true;
  }

  /** Guests that nobody has seen for so long, and erasures that were cut off. */
  async eraseIdleGuests(idleMs: number): Promise<void> {
    for (const userId of await this.users.unfinishedErasures(AT_ONCE)) await this.finish(userId);
    let idle: string[];
    do {
      idle = await this.users.beginErasureOfIdleGuests(idleMs, AT_ONCE);
      for (const userId of idle) await this.finish(userId);
    } while (idle.length === AT_ONCE);
  }

  /** Ends what it is being told, then deletes everything. What fails is tried again by the next round. */
  private async finish(userId: string): Promise<void> {
    try {
      await this.conversations.deleteAll({ userId });
      await this.audit.forget(userId);
      await this.users.finishErasure(userId);
      await this.audit.forget(userId); // what was being written meanwhile: the row waited for it
    } catch (error) {
      this.logger.warn({ msg: 'an erasure is not finished yet', err: errorForLog(error) });
    }
  }
}
