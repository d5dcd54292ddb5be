import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { INSERT_LINE, toLine } from '../audit/audit-line';
import { DomainError } from '../common/errors/domain-error';
import { violatedConstraint } from '../database/database-errors';
import { toPage, type Page, type PageRequest } from '../common/paging/page';
import { eventsOf, type Actor, type AdminChanges } from './administration';
import { keepAnAdmin, lockAdmins } from './last-admin.repository';
import { User, type UserRole } from './user.entity';
import { normalizeUsername } from './username';

export type NewUser = Pick<User, 'id' | 'kind' | 'role' | 'username' | 'displayName' | 'passwordHash'>;

/** What makes a guest a member. */
export interface Membership {
  /** As `normalizeUsername` makes it. */
  readonly username: string;
  readonly passwordHash: string;
  /** Null: what it was. */
  readonly displayName: string | null;
}

export interface UserFilter {
  /** How the username or the display name begins. */
  readonly q?: string;
  readonly role?: UserRole;
}

/** What people change of their own account. Absent: left as it is. */
export type ProfileChanges = Partial<Pick<User, 'displayName' | 'defaultModel'>>;

@Injectable()
export class UserRepository {
  constructor(@InjectRepository(User) private readonly rows: Repository<User>) {}

  find(id: string): Promise<User | null> {
    return this.rows.findOneBy({ id, erasedAt: IsNull() });
  }

  findByUsername(username: string): Promise<User | null> {
    return this.rows.findOneBy({ username });
  }

  /** @throws DomainError `username_taken` – also when another request took it a moment ago. */
  async insert(user: NewUser): Promise<User> {
    const unset = { defaultModel: null, quotaTokens: null, disabledAt: null, erasedAt: null };
    const row = this.rows.create({ ...user, ...unset });
    await refusingTakenNames(() => this.rows.insert(row)); // which brings back what the database has added
    return row;
  }

  /**
   * Makes a guest a member, and ends its sessions. Null: it is none any more.
   *
   * @throws DomainError `username_taken` – and it stays the guest that it was.
   */
  async upgrade(id: string, { username, passwordHash, displayName }: Membership): Promise<User | null> {
    const [, count] = await refusingTakenNames(() =>
      this.rows.query<[unknown, number]>(
        `update users set kind = 'member', username = $2, password_hash = $3,
           display_name = coalesce($4, display_name), session_epoch = session_epoch + 1
         where id = $1 and kind = 'guest' and erased_at is null`,
        [id, username, passwordHash, displayName],
      ),
    );
    return count === 1 ? this.find(id) : null;
  }

  async change(id: string, changes: ProfileChanges): Promise<User | null> {
    const { displayName, defaultModel } = changes;
    if (displayName !== undefined || defaultModel !== undefined)
      await this.rows.update({ id, erasedAt: IsNull() }, changes);
    return this.find(id);
  }

  /** Newest first. */
  async page({ q, role }: UserFilter, { limit, after }: PageRequest<{ id: string }>): Promise<Page<User>> {
    const query = this.rows
      .createQueryBuilder('account')
      .where('account.erasedAt is null')
      .orderBy('account.id', 'DESC')
      .limit(limit + 1);
    if (role !== undefined) query.andWhere('account.role = :role', { role });
    if (q !== undefined)
      query.andWhere(BEGINS_WITH, { name: startOf(normalizeUsername(q)), shown: startOf(q) });
    if (after) query.andWhere('account.id < :id', after);
    return toPage(await query.getMany(), limit, ({ id }) => ({ id }));
  }

  /**
   * What administrators change of an account, with its lines in the security log. Null: there is no such account.
   *
   * @throws DomainError `forbidden` – the actor is an administrator no more.
   * @throws DomainError `conflict` – nobody would be left to administer; or a guest would be.
   */
  administer(actor: Actor, id: string, changes: AdminChanges): Promise<User | null> {
    return this.rows.manager.transaction(async (transaction) => {
      const admins = await lockAdmins(transaction, actor.userId);
      if (changes.role === 'user' || changes.disabled) keepAnAdmin(admins, id);
      const living = { where: { id, erasedAt: IsNull() } };
      const lock = { mode: 'for_no_key_update' } as const;
      const before = await transaction.findOne(User, { ...living, lock });
      if (!before) return null;
      if (before.kind === 'guest' && changes.role === 'admin')
        throw new DomainError('conflict', 'A guest cannot be an administrator.');
      await transaction.update(User, { id }, toColumns(before, changes));
      const after = await transaction.findOneByOrFail(User, { id });
      for (const event of eventsOf(before, after, actor)) await transaction.query(INSERT_LINE, toLine(event));
      return after;
    });
  }

  /** Kills every session. Whether there is such an account. @throws DomainError `forbidden` – the actor is an administrator no more. */
  endSessions({ userId: actorId, source }: Actor, id: string): Promise<boolean> {
    return this.rows.manager.transaction(async (transaction) => {
      await lockAdmins(transaction, actorId);
      const epoch = { sessionEpoch: () => 'session_epoch + 1' };
      const { affected } = await transaction.update(User, { id, erasedAt: IsNull() }, epoch);
      const event = { action: 'sessions.ended', userId: id, actorId, source } as const;
      if (affected === 1) await transaction.query(INSERT_LINE, toLine(event));
      return affected === 1;
    });
  }

  /** Compare-and-set: only where the hash is still the one that was read. */
  async rehash(id: string, before: string, after: string): Promise<void> {
    await this.rows.update({ id, passwordHash: before }, { passwordHash: after });
  }
}

async function refusingTakenNames<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatedConstraint(error) !== 'users_username') throw error;
    throw new DomainError('username_taken', 'This username is taken.', { cause: error });
  }
}

const BEGINS_WITH = '(account.username like :name or lower(account.displayName) like lower(:shown))';

/** Of `like`: its wildcards taken by the letter. */
const startOf = (text: string): string => `${text.replace(/[\\%_]/g, '\\$&')}%`;

function toColumns({ disabledAt }: User, { disabled, role, quotaTokens }: AdminChanges) {
  return {
    ...(role !== undefined && { role }),
    ...(quotaTokens !== undefined && { quotaTokens }),
    disabledAt: disabled === undefined ? disabledAt : disabled ? (disabledAt ?? (() => 'now()')) : null,
  };
}
