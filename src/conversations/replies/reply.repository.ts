import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { countTokens } from '../../common/tokens';
import { HEARTBEATS } from '../../database/data-source-options';
import type { MessageInTree } from '../message.entity';
import type { Claim, ReplyEnd } from './running-reply';
import {
  ANY_EXPIRED,
  CANCEL_REQUESTED,
  CLAIM_EXPIRED,
  HEARTBEAT,
  RELEASE,
  REQUEST_CANCEL,
  SETTLE,
  STORED_TEXT,
  TAKE_OVER,
} from './reply.sql';
import { LEASE_SECONDS } from './lease';

/** What a column holds. A provider that counts more has not counted, and its answer is to be stored all the same. */
const MAX_TOKENS = 2 ** 31 - 1;

/** One row of a heartbeat: the text from `from` on, up to `to`, in UTF-16 units. */
export interface Beat extends Claim {
  readonly from: number;
  readonly to: number;
  readonly delta: string;
}

/** `busy`: somebody holds the row for a moment. `lost`: it is gone, or someone else's. */
export type BeatResult =
  | {
      readonly replyId: string;
      readonly state: 'ok';
      /** UTF-16 units stored. */ readonly length: number;
      /** Somebody wants it stopped. */ readonly cancelled: boolean;
      /** Somebody reads it by way of another replica. */ readonly watched: boolean;
    }
  | { readonly replyId: string; readonly state: 'busy' | 'lost' };

/** A reply taken from an owner that has gone silent. */
export interface ExpiredReply extends Claim {
  /** This one included. */
  readonly attempts: number;
  /** Somebody may have read of it. */
  readonly hasText: boolean;
  /** Somebody wanted it stopped. */
  readonly cancelled: boolean;
}

/** Everything that is written of a running reply. */
@Injectable()
export class ReplyRepository {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @InjectDataSource(HEARTBEATS) private readonly heartbeats: DataSource,
  ) {}

  /** Stores new text and extends the leases, for any number of replies at once. Sent twice, it stores once. */
  async beat(owner: string, beats: readonly Beat[]): Promise<BeatResult[]> {
    return this.heartbeats.query<BeatResult[]>(HEARTBEAT, [
      owner,
      beats.map(({ replyId }) => replyId),
      beats.map(({ fence }) => fence),
      beats.map(({ from }) => from),
      beats.map(({ to }) => to),
      beats.map(({ delta }) => delta),
      LEASE_SECONDS,
    ]);
  }

  /** Stores how a reply ended, if it is still the owner's. Null: it is not, and nothing was written. */
  async settle(owner: string, claim: Claim, text: string, end: ReplyEnd): Promise<MessageInTree | null> {
    const { status, finishReason, usage, error, model = null, hasBegun = false } = end;
    const counted =
      usage && Math.max(usage.promptTokens, usage.completionTokens) <= MAX_TOKENS ? usage : null;
    const [message] = await this.database.query<MessageInTree[]>(SETTLE, [
      claim.replyId, claim.conversationId, owner, claim.fence, status, text, countTokens(text), finishReason,
      counted?.promptTokens ?? null, counted?.completionTokens ?? null, error?.code ?? null, error?.detail ?? null,
      model, hasBegun || text !== '',
    ]); // prettier-ignore
    return message ?? null;
  }

  /**
   * Makes replies whose owner has gone silent the new owner's, a former claim of its own included; never those of `except`. In a
   * transaction, so that a claim which a frozen database carries out only when nobody waits for it any more comes to nothing: by then all
   * leases have run out, those of the living, too.
   */
  async claimExpired(owner: string, limit: number, except: readonly string[]): Promise<ExpiredReply[]> {
    const found = await this.database.query<unknown[]>(ANY_EXPIRED, [except]);
    if (found.length === 0) return [];
    return this.database.transaction(async (transaction) => {
      const parameters = [owner, limit, LEASE_SECONDS, except];
      const [claims] = await transaction.query<[ExpiredReply[], number]>(CLAIM_EXPIRED, parameters);
      return claims;
    });
  }

  /** Asks the owner of a reply to stop it. False: it has ended. */
  async requestCancel(replyId: string): Promise<boolean> {
    const [, count] = await this.database.query<[unknown[], number]>(REQUEST_CANCEL, [replyId]);
    return count > 0;
  }

  /** Which of its replies an owner is asked to stop. */
  async cancelRequested(owner: string): Promise<string[]> {
    const rows = await this.heartbeats.query<{ replyId: string }[]>(CANCEL_REQUESTED, [owner]);
    return rows.map(({ replyId }) => replyId);
  }

  /** Lets go of whatever an owner has but for `except`, so that another one takes it over at once. */
  async release(owner: string, except: readonly string[]): Promise<void> {
    await this.database.query(RELEASE, [owner, except]);
  }

  /** Makes one reply the new owner's, whatever its lease. Null: it has ended. */
  async takeOver(owner: string, replyId: string): Promise<Claim | null> {
    const [[claim]] = await this.database.query<[Claim[], number]>(TAKE_OVER, [
      owner,
      replyId,
      LEASE_SECONDS,
    ]);
    return claim ?? null;
  }

  async storedText(replyId: string): Promise<string> {
    const [row] = await this.database.query<{ text: string }[]>(STORED_TEXT, [replyId]);
    return row?.text ?? '';
  }
}
