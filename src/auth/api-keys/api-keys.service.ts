import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service';
import type { Caller, Scope } from '../../common/auth/caller';
import { DomainError, notFound, validationFailed } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import { newId } from '../../common/ids';
import type { Page, PageRequest } from '../../common/paging/page';
import { RecentStates } from '../recent-states';
import { hashOf, isWellFormed, newApiKey } from './api-key';
import type { ApiKey } from './api-key.entity';
import { ApiKeyRepository, type ApiKeyState } from './api-key.repository';

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: never. */
  readonly expiresAt: Date | null;
}

const CHECKED_KEYS = 10_000;

@Injectable()
export class ApiKeysService {
  /** By the key's hash: keys themselves are not kept in memory. */
  private readonly states = new RecentStates<ApiKeyState>(
    CHECKED_KEYS,
    (hash) => this.keys.use(Buffer.from(hash, 'base64url')),
    ({ expiresInMs }) => expiresInMs ?? Infinity, // a key's expiry counts at once
  );

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly audit: AuditService,
  ) {}

  /** The key itself is in this result and nowhere else. `actorId` null: the command line asks. @throws DomainError `forbidden` – to guests, and to make a key for more than one may do oneself. */
  async create(
    { userId, kind, role }: Caller,
    { name, scopes, expiresAt }: NewKey,
    source?: RequestSource,
    actorId: string | null = userId,
  ): Promise<ApiKey & { key: string }> {
    if (kind === 'guest')
      throw new DomainError('forbidden', 'Guests have no API keys. Register first; nothing is lost.');
    if (scopes.includes('admin') && role !== 'admin')
      throw new DomainError('forbidden', 'Only administrators have keys for administration.');
    if (expiresAt && expiresAt.getTime() <= Date.now())
      throw validationFailed([{ path: '/expiresAt', code: 'future', message: 'must be in the future' }]);
    const { key, ...made } = newApiKey();
    const row = await this.keys.insert({
      ...made,
      ...{ id: newId(), userId, name, scopes: [...new Set(scopes)], expiresAt },
    });
    const detail = { keyId: row.id };
    await this.audit.record({ action: 'api_key.created', userId, actorId, source, detail });
    return { ...row, key };
  }

  /** The living ones of an account, newest first. */
  list(userId: string, page: PageRequest<{ id: string }>): Promise<Page<ApiKey>> {
    return this.keys.pageOwned(userId, page);
  }

  /** At once here; on other replicas within 5 s. @throws DomainError `not_found` */
  async end(userId: string, id: string, source: RequestSource): Promise<void> {
    const hash = await this.keys.deleteOwned(userId, id);
    if (!hash) throw notFound('API key');
    this.states.noteEnd(hash.toString('base64url'));
    await this.audit.record({ action: 'api_key.ended', userId, source, detail: { keyId: id } });
  }

  /** Some keys whose time is over: how many. */
  deleteExpired(limit: number): Promise<number> {
    return this.keys.deleteExpired(limit);
  }

  /** Who is behind a key. At most 4 s old. @throws DomainError `unauthenticated`, `account_disabled` */
  async authenticate(key: string): Promise<Caller> {
    const state = isWellFormed(key) && (await this.states.find(hashOf(key).toString('base64url')));
    if (!state) throw new DomainError('unauthenticated', 'This API key is not valid.');
    const { userId, role, scopes, disabled } = state;
    if (disabled) throw new DomainError('account_disabled', 'This account is disabled.');
    return { userId, kind: 'member', role, sessionId: null, scopes };
  }
}
