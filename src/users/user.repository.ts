import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { DomainError } from '../common/errors/domain-error';
import { violatedConstraint } from '../database/database-errors';
import { User } from './user.entity';

export type NewUser = Pick<User, 'id' | 'kind' | 'username' | 'displayName' | 'passwordHash'>;

@Injectable()
export class UserRepository {
  constructor(@InjectRepository(User) private readonly rows: Repository<User>) {}

  find(id: string): Promise<User | null> {
    return this.rows.findOneBy({ id });
  }

  findByUsername(username: string): Promise<User | null> {
    return this.rows.findOneBy({ username });
  }

  /** @throws DomainError `username_taken` – also when another request took it a moment ago. */
  async insert(user: NewUser): Promise<User> {
    try {
      await this.rows.insert({ ...user, role: 'user', defaultModel: null, disabledAt: null });
    } catch (error) {
      if (violatedConstraint(error) !== 'users_username') throw error;
      throw new DomainError('username_taken', 'This username is taken.', { cause: error });
    }
    return this.rows.findOneByOrFail({ id: user.id });
  }
}
