import { Injectable } from '@nestjs/common';
import { DomainError, notFound } from '../common/errors/domain-error';
import { newId } from '../common/ids';
import type { User, UserRole } from './user.entity';
import type { Page, PageRequest } from '../common/paging/page';
import type { Actor, AdminChanges } from './administration';
import { ErasureRepository } from './erasure.repository';
import { UserRepository, type Membership, type ProfileChanges, type UserFilter } from './user.repository';

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UserRepository,
    private readonly erasures: ErasureRepository,
  ) {}

  /** @throws DomainError `not_found` – there is none, or none any more. */
  async get(id: string): Promise<User> {
    const user = await this.users.find(id);
    if (!user) throw notFound('account');
    return user;
  }

  /** The account of who is signed in. @throws DomainError `session_revoked` – it was deleted a moment ago. */
  async own(id: string): Promise<User> {
    return (await this.users.find(id)) ?? refuseErased();
  }

  /** `username` as `normalizeUsername` makes it. */
  findByUsername(username: string): Promise<User | null> {
    return this.users.findByUsername(username);
  }

  createGuest(): Promise<User> {
    const nothing = { username: null, displayName: null, passwordHash: null };
    return this.users.insert({ id: newId(), kind: 'guest', role: 'user', ...nothing });
  }

  /** @throws DomainError `username_taken` */
  createMember(member: Membership & { readonly role: UserRole }): Promise<User> {
    return this.users.insert({ id: newId(), kind: 'member', ...member });
  }

  /** Makes a guest a member, and ends its sessions. Null: it is none any more. @throws DomainError `username_taken` */
  upgradeGuest(id: string, membership: Membership): Promise<User | null> {
    return this.users.upgrade(id, membership);
  }

  /** @throws DomainError `session_revoked` – the account was deleted a moment ago. */
  async change(id: string, changes: ProfileChanges): Promise<User> {
    return (await this.users.change(id, changes)) ?? refuseErased();
  }

  /** Where the hash is still the one that was read. */
  rehash(id: string, before: string, after: string): Promise<void> {
    return this.users.rehash(id, before, after);
  }

  /** Of all accounts, newest first. */
  list(filter: UserFilter, page: PageRequest<{ id: string }>): Promise<Page<User>> {
    return this.users.page(filter, page);
  }

  /**
   * What administrators change of an account, with its lines in the security log.
   *
   * @throws DomainError `not_found`; `forbidden` – who asks is one no more.
   * @throws DomainError `conflict` – it is the last administrator's, or a guest's that would be one.
   */
  async administer(actor: Actor, id: string, changes: AdminChanges): Promise<User> {
    const changed = await this.users.administer(actor, id, changes);
    if (!changed) throw notFound('account');
    return changed;
  }

  /** On every replica within 5 s. @throws DomainError `not_found` */
  async endSessions(actor: Actor, id: string): Promise<void> {
    if (!(await this.users.endSessions(actor, id))) throw notFound('account');
  }

  /** Ends an account for its user; its rows are still there. Whether there was one. @throws DomainError `conflict` – the last administrator's. */
  beginErasure(actor: Actor, id: string): Promise<boolean> {
    return this.erasures.mark(actor, id);
  }

  /** As `beginErasure`, for some guests that nobody has seen for so long. */
  beginErasureOfIdleGuests(idleMs: number, limit: number): Promise<string[]> {
    return this.erasures.markIdleGuests(idleMs, limit);
  }

  /** Erasures that somebody began and did not finish. */
  unfinishedErasures(limit: number): Promise<string[]> {
    return this.erasures.unfinished(limit);
  }

  /** Deletes an account whose erasure has begun, with all that still hangs on it. */
  finishErasure(id: string): Promise<void> {
    return this.erasures.delete(id);
  }
}

/** @throws DomainError `session_revoked` – always: the account of who asks has been erased. */
export function refuseErased(): never {
  throw new DomainError('session_revoked', 'This account has been deleted.');
}
