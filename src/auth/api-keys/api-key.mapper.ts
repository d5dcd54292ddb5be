import type { ApiKeyResponse } from './api-key.dto';
import type { ApiKey } from './api-key.entity';

export function toApiKeyResponse(key: ApiKey): ApiKeyResponse {
  const { id, name, prefix, scopes, createdAt, lastUsedAt, expiresAt } = key;
  return {
    ...{ id, name, prefix, scopes: [...scopes] },
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
