import { Injectable } from '@nestjs/common';
import type { RequestSource } from '../common/http/request-source';
import { newId } from '../common/ids';
import type { Page, PageRequest } from '../common/paging/page';
import type { AuditAction } from './audit-action';
import type { AuditEvent } from './audit-event.entity';
import { AuditRepository, type AuditFilter } from './audit.repository';

export interface NewEvent {
  readonly action: AuditAction;
  /** Whose account it is about. */
  readonly userId?: string | null;
  /** Who did it. Absent: the account itself; null: nobody who is signed in. */
  readonly actorId?: string | null;
  /** Absent: nowhere, such as the command line. */
  readonly source?: RequestSource;
  readonly detail?: Readonly<Record<string, string>>;
}

/** The security log: who did what, when and from where; never what was said. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  record({ action, userId = null, actorId = userId, source, detail = {} }: NewEvent): Promise<void> {
    const { ip = null, userAgent = null } = source ?? {};
    return this.events.insert({ id: newId(), action, userId, actorId, ip, userAgent, detail });
  }

  /** Newest first. */
  list(filter: AuditFilter, page: PageRequest<{ id: string }>): Promise<Page<AuditEvent>> {
    return this.events.page(filter, page);
  }

  /** Takes an erased person out of the log: ids, addresses, browsers. The lines stay. */
  forget(userId: string): Promise<void> {
    return this.events.forget(userId);
  }
}
