import type { AdminUserResponse, UserResponse } from './user.dto';
import type { User } from './user.entity';

export function toUserResponse({
  id,
  username,
  displayName,
  kind,
  role,
  defaultModel,
  createdAt,
}: User): UserResponse {
  return { id, username, displayName, kind, role, defaultModel, createdAt: createdAt.toISOString() };
}

export function toAdminUserResponse(user: User): AdminUserResponse {
  const { disabledAt, quotaTokens, lastSeenAt } = user;
  return {
    ...toUserResponse(user),
    disabledAt: disabledAt?.toISOString() ?? null,
    quotaTokens,
    lastSeenAt: lastSeenAt.toISOString(),
  };
}
