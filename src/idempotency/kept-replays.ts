import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Replays } from '../common/throttle/replays';
import { IdempotencyService } from './idempotency.service';
import { keyOf, noteUncounted } from './keyed-request';

/** A replay is not counted as a send: it calls no model. */
@Injectable()
export class KeptReplays extends Replays {
  constructor(private readonly keys: IdempotencyService) {
    super();
  }

  /** @throws DomainError `validation_failed` – the key is none. */
  async isReplay(userId: string, request: Request): Promise<boolean> {
    const key = keyOf(request);
    const isKnown = key !== null && (await this.keys.isKnown(userId, key));
    if (isKnown) noteUncounted(request);
    return isKnown;
  }
}
