import { CreateApiKeyDto } from '../auth/api-keys/api-key.dto';
import { ApiKeysService } from '../auth/api-keys/api-keys.service';
import type { Outcome } from './outcome';
import { accountCalled, checked, inParley } from './parley';

interface NewKey {
  readonly username: string;
  readonly name: string;
  /** With commas between them. */
  readonly scopes: string;
  readonly expires?: string;
}

/** By the rules of `POST /auth/api-keys`. */
export function createKey({ username, name, scopes, expires }: NewKey): Promise<Outcome> {
  return inParley(async (parley) => {
    const body = await checked(CreateApiKeyDto, {
      name,
      scopes: scopes.split(',').map((scope) => scope.trim()),
      expiresAt: expires,
    });
    const { id, kind, role } = await accountCalled(parley, username);
    const caller = { userId: id, kind, role, sessionId: null, scopes: null };
    const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null;
    const made = await parley.get(ApiKeysService).create(caller, { ...body, expiresAt }, undefined, null);
    return {
      said: made.key,
      data: { id: made.id, name: made.name, scopes: made.scopes, expiresAt: made.expiresAt, key: made.key },
    };
  });
}
