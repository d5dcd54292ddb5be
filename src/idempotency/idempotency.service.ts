import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors/domain-error';
import type { KeptKey } from './kept-key.entity';
import { KeptKeyRepository } from './kept-key.repository';
import type { KeyedRequest } from './keyed-request';

/** Has a request done once, however often it is sent. */
@Injectable()
export class IdempotencyService {
  constructor(private readonly keys: KeptKeyRepository) {}

  /**
   * Makes something, or gives what the same request made before. `make` takes the key in its own transaction (`TAKE_KEY`), so
   * that a refusal keeps nothing. Without a key it is simply made.
   *
   * @throws DomainError `idempotency_key_reused` – another request has used the key; and whatever `make` throws.
   */
  async once<T>(
    userId: string,
    keyed: KeyedRequest | null,
    make: () => Promise<T>,
    replay: (kept: KeptKey) => Promise<T>,
  ): Promise<T> {
    if (!keyed) return make();
    const before = await this.outcomeOf(userId, keyed);
    if (before) return replay(before);
    try {
      return await make();
    } catch (error) {
      const meanwhile = await this.outcomeOf(userId, keyed); // what stands in the way may be this request's own doing
      if (!meanwhile) throw error;
      return replay(meanwhile);
    }
  }

  /** Whether that account has made something under the key. */
  async isKnown(userId: string, key: string): Promise<boolean> {
    return (await this.keys.find(userId, key)) !== null;
  }

  /** Notes that the first answer was 202, for those that come after it. */
  noteAccepted(userId: string, { key }: KeyedRequest, madeId: string): Promise<void> {
    return this.keys.setStatus(userId, key, madeId, 202);
  }

  /**
   * Takes a key for what is made later, if at all; whoever makes it keeps the key with it (`keepKey`), and gives it back where
   * nothing comes of it. One whose holder has died is free again after so many seconds. False: another request has it.
   */
  lease(userId: string, keyed: KeyedRequest, madeId: string, seconds: number): Promise<boolean> {
    return this.keys.lease(userId, keyed, madeId, seconds);
  }

  /** Frees a leased key, for the next request. */
  giveBack(userId: string, { key }: KeyedRequest, madeId: string): Promise<void> {
    return this.keys.giveBack(userId, key, madeId);
  }

  /**
   * What the same request has made, or is making (`RUNNING`). Null: nothing, and the key is free.
   *
   * @throws DomainError `idempotency_key_reused` – another request has used the key.
   */
  async outcomeOf(userId: string, { key, hash }: KeyedRequest): Promise<KeptKey | null> {
    const kept = await this.keys.find(userId, key);
    if (kept && !kept.requestHash.equals(hash))
      throw new DomainError('idempotency_key_reused', 'This Idempotency-Key was used for another request.');
    return kept;
  }
}

/** For `make`, where the key was not to be had: `once` looks who has it. */
export const keyTaken = () =>
  new DomainError('conflict', 'A request with this Idempotency-Key is being handled.');
