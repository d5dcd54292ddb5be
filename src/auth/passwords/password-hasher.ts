import { Injectable } from '@nestjs/common';
import * as bcrypt from 'bcrypt';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { createHmac } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { DomainError } from '../../common/errors/domain-error';
import { Config } from '../../config/config';

/** Separates these digests from any other use of SHA-256. A constant, so that rotating secrets touches no password. */
const DOMAIN = 'parley password v1';
/** Of libuv's threads (4), by which names and files are looked up as well. */
const THREADS = 4;
/** Hashing keeps a core and a thread busy; one of each is left for everything else. */
const IN_FLIGHT = Math.max(1, Math.min(availableParallelism(), THREADS) - 1);
const QUEUED = 500;

@Injectable()
export class PasswordHasher {
  private readonly slots = bulkhead(IN_FLIGHT, QUEUED);
  private readonly cost: number;
  /** By cost: compared with where there is no hash, or a cheaper one. */
  private readonly decoys = new Map<number, Promise<string>>();

  constructor({ auth }: Config) {
    this.cost = auth.bcryptCost;
    void this.decoy(this.cost); // ahead, so that the first unknown name takes no longer than others
  }

  /** @throws DomainError `overloaded` – too many hashes are waiting. */
  hash(password: string): Promise<string> {
    return this.inTurn(() => bcrypt.hash(digest(password), this.cost));
  }

  /**
   * Null stands for an account that does not exist, or has no password: the answer is no, and takes as long.
   *
   * @throws DomainError `overloaded` – too many hashes are waiting.
   */
  async matches(password: string, hash: string | null): Promise<boolean> {
    const stored = hash ?? (await this.decoy(this.cost));
    const same = await this.inTurn(() => bcrypt.compare(digest(password), stored));
    // A hash from before the cost was raised takes less time. Each step doubles it, so these make up for what is missing.
    for (let cost = bcrypt.getRounds(stored); cost < this.cost; cost++) {
      const decoy = await this.decoy(cost);
      await this.inTurn(() => bcrypt.compare(digest(password), decoy));
    }
    return same && hash !== null;
  }

  private decoy(cost: number): Promise<string> {
    const made = this.decoys.get(cost) ?? this.inTurn(() => bcrypt.hash(digest(''), cost));
    this.decoys.set(cost, made);
    made.catch(() => this.decoys.delete(cost)); // too much to do: the next one makes it
    return made;
  }

  /** Whether a hash was made at another cost than the one in force. */
  isOutdated(hash: string): boolean {
    return bcrypt.getRounds(hash) !== this.cost;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.slots.execute(work);
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new DomainError('overloaded', 'Too many people are signing in. Try again shortly.', {
        cause: error,
      });
    }
  }
}

/** 44 characters whatever the password's length: bcrypt reads no more than 72 bytes and stops at a NUL. */
function digest(password: string): string {
  return createHmac('sha256', DOMAIN).update(password).digest('base64');
}
