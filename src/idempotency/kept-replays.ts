import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Replays } from '../common/throttle/replays';
import { IdempotencyService } from './idempotency.service';
import { keyedRequestOf } from './keyed-request';

/** A replay is not counted as a send: it calls no model. */
@Injectable()
export class KeptReplays extends Replays {
  constructor(private readonly keys: IdempotencyService) {
    super();
  }

  /** @throws DomainError `validation_failed` – the key is none. */
  async isReplay(userId: string, request: Request): Promise<boolean> {
    const keyed = keyedRequestOf(request);
    return keyed !== null && this.keys.isKnown(userId, keyed.key);
  }
}
