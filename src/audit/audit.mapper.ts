import type { AuditEventResponse } from './audit.dto';
import type { AuditEvent } from './audit-event.entity';

export function toAuditEventResponse(event: AuditEvent): AuditEventResponse {
  const { id, createdAt, action, userId, actorId, ip, userAgent, detail } = event;
  return {
    ...{ id, action, userId, actorId, ip, userAgent },
    createdAt: createdAt.toISOString(),
    detail: { ...detail },
  };
}
