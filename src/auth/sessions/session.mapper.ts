import type { SessionResponse } from './session.dto';
import type { ListedSession } from './session.repository';

export const toSessionResponse =
  (currentId: string) =>
  ({ id, userAgent, ip, createdAt, lastUsedAt, expiresAt }: ListedSession): SessionResponse => ({
    ...{ id, userAgent, ip },
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    current: id === currentId,
  });
