import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/auth/caller';
import { Budgets } from '../../common/throttle/budgets';
import { IdempotencyService } from '../../idempotency/idempotency.service';
import { KEY_FORM } from '../../idempotency/keyed-request';
import type { Frame } from './frame';

/** Counts frames against the limits of the calls that they stand for. */
@Injectable()
export class FrameLimits {
  constructor(
    private readonly budgets: Budgets,
    private readonly keys: IdempotencyService,
  ) {}

  /**
   * `frame` is null where it could not be told what it is. Pings are free. What was sent before under the same key is no send, but a call like others.
   *
   * @throws DomainError `rate_limited`
   */
  async count({ userId }: Caller, address: string, frame: Frame | null): Promise<void> {
    if (frame?.type === 'ping') return;
    if (!frame || !asksForReply(frame) || (await this.isReplay(userId, frame)))
      return this.budgets.spend('default', userId);
    await this.budgets.spend('sendAddress', address);
    await this.budgets.spend('send', userId);
  }

  private async isReplay(userId: string, { type, body: { idempotencyKey: key } }: Frame): Promise<boolean> {
    if (type !== 'message.send' || typeof key !== 'string' || !KEY_FORM.test(key)) return false;
    return this.keys.isKnown(userId, key);
  }
}

const asksForReply = ({ type }: Frame): boolean => type === 'message.send' || type === 'message.regenerate';
