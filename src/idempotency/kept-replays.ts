import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Replays } from '../common/throttle/replays';
import { keyedRequestOf } from './keyed-request';
import { KeptKeyRepository } from './kept-key.repository';

/** A replay is not counted as a send: it calls no model. */
@Injectable()
export class KeptReplays extends Replays {
  constructor(private readonly keys: KeptKeyRepository) {
    super();
  }

  /** @throws DomainError `validation_failed` – the key is none. */
  async isReplay(userId: string, request: Request): Promise<boolean> {
    const keyed = keyedRequestOf(request);
    return keyed !== null && (await this.keys.find(userId, keyed.key)) !== null;
  }
}
