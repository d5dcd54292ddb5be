import { Injectable } from '@nestjs/common';
import { notFound } from '../common/errors/domain-error';
import { newId } from '../common/ids';
import type { User } from './user.entity';
import { UserRepository } from './user.repository';

@Injectable()
export class UsersService {
  constructor(private readonly users: UserRepository) {}

  find(id: string): Promise<User | null> {
    return this.users.find(id);
  }

  /** @throws DomainError `not_found` – the account was deleted a moment ago. */
  async get(id: string): Promise<User> {
    const user = await this.users.find(id);
    if (!user) throw notFound('account');
    return user;
  }

  /** `username` as `normalizeUsername` makes it. */
  findByUsername(username: string): Promise<User | null> {
    return this.users.findByUsername(username);
  }

  createGuest(): Promise<User> {
    return this.users.insert({
      id: newId(),
      kind: 'guest',
      username: null,
      displayName: null,
      passwordHash: null,
    });
  }

  /** @throws DomainError `username_taken` */
  createMember(member: {
    username: string;
    displayName: string | null;
    passwordHash: string;
  }): Promise<User> {
    return this.users.insert({ id: newId(), kind: 'member', ...member });
  }
}
