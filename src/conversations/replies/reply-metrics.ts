import { Injectable, Logger } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { TokenMetrics } from '../../usage/token-metrics';
import type { MessageInTree } from '../message.entity';

/** Seconds. */
const BUCKETS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];

/** Tells operators of each reply that this process has ended, in a line of the log and in numbers. Never of its text. */
@Injectable()
export class ReplyMetrics {
  private readonly logger = new Logger('Replies');
  private readonly replies: Counter<'model' | 'outcome'>;
  private readonly durations: Histogram<'model'>;
  private readonly takeovers: Counter<'how'>;

  constructor(
    registry: Registry,
    private readonly tokens: TokenMetrics,
  ) {
    const registers = [registry];
    this.replies = new Counter({
      name: 'parley_replies_total',
      help: 'Replies that have ended; outcome is completed, cancelled, or the code that they failed with',
      labelNames: ['model', 'outcome'],
      registers,
    });
    this.durations = new Histogram({
      name: 'parley_reply_duration_seconds',
      help: 'From a question to the stored end of its reply',
      labelNames: ['model'],
      buckets: BUCKETS,
      registers,
    });
    this.takeovers = new Counter({
      name: 'parley_lease_takeovers_total',
      help: 'Replies of other processes that this one has taken over: written anew, or ended with what was stored',
      labelNames: ['how'],
      registers,
    });
    for (const how of ['written_anew', 'ended'] as const) this.takeovers.inc({ how }, 0); // shown before the first one
  }

  ended(reply: MessageInTree): void {
    const { id, conversationId, status, finishReason, errorCode, promptTokens, completionTokens } = reply;
    const model = reply.model ?? 'none';
    const seconds = (reply.completedAt!.getTime() - reply.createdAt.getTime()) / 1000;
    this.replies.inc({ model, outcome: status === 'failed' ? (errorCode ?? 'unknown') : status });
    this.durations.observe({ model }, seconds);
    this.tokens.count({ model, promptTokens: promptTokens ?? 0, completionTokens: completionTokens ?? 0 });
    const ids = { replyId: id, conversationId };
    const usage = { promptTokens, completionTokens };
    this.logger.log({
      msg: 'reply ended',
      ...ids,
      model,
      status,
      finishReason,
      errorCode,
      ...usage,
      seconds,
    });
  }

  takenOver(how: 'written_anew' | 'ended'): void {
    this.takeovers.inc({ how });
  }
}
