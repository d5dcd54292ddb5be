import type { UserResponse } from './user.dto';
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
