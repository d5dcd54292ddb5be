import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { Budgets } from '../common/throttle/budgets';
import { Config } from '../config/config';
import { IdempotencyService, keyTaken } from '../idempotency/idempotency.service';
import { RUNNING, type KeptKey } from '../idempotency/kept-key.entity';
import type { KeyedRequest } from '../idempotency/keyed-request';

const POLL_MS = 250;
/** A holder that has gone on for longer than a call can is dead. */
const GRACE_MS = 60_000;

/** One call of a provider for all requests with the same key, on whatever replica: one holds the key, the others wait. */
@Injectable()
export class CompletionKeys {
  constructor(
    private readonly keys: IdempotencyService,
    private readonly budgets: Budgets,
    private readonly config: Config,
  ) {}

  /**
   * Takes the key for `madeId`, or waits for what the same request is making elsewhere. Null: taken. It is to be kept or
   * given back; where this throws, to be given back, since it may have been taken all the same.
   *
   * @throws DomainError `idempotency_key_reused`; `conflict` – the other one takes longer than a call can; `rate_limited`
   */
  async take(
    userId: string,
    keyed: KeyedRequest,
    madeId: string,
    gone: AbortSignal,
  ): Promise<KeptKey | null> {
    const { totalTimeoutMs } = this.config.llm;
    const deadline = performance.now() + totalTimeoutMs;
    while (!(await this.keys.lease(userId, keyed, madeId, (totalTimeoutMs + GRACE_MS) / 1000))) {
      const kept = await this.waitForOutcome(userId, keyed, deadline, gone);
      if (kept) return kept;
    }
    if (keyed.isUncounted) await this.budgets.spend('send', userId); // as a replay it was let through, and it is none after all
    return null;
  }

  /** Null: it has come to nothing, and the key is free. */
  private async waitForOutcome(
    userId: string,
    keyed: KeyedRequest,
    deadline: number,
    gone: AbortSignal,
  ): Promise<KeptKey | null> {
    let kept = await this.keys.outcomeOf(userId, keyed);
    while (kept?.status === RUNNING) {
      if (performance.now() > deadline) throw keyTaken();
      await setTimeout(POLL_MS, undefined, { signal: gone });
      kept = await this.keys.outcomeOf(userId, keyed);
    }
    return kept;
  }

  giveBack(userId: string, keyed: KeyedRequest, madeId: string): Promise<void> {
    return this.keys.giveBack(userId, keyed, madeId);
  }
}
