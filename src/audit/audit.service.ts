import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../common/paging/page';
import type { NewEvent } from './audit-line';
import type { AuditEvent } from './audit-event.entity';
import { AuditRepository, type AuditFilter } from './audit.repository';

/** The security log: who did what, when and from where; never what was said. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  record(event: NewEvent): Promise<void> {
    return this.events.insert(event);
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
