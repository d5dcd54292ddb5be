import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorForLog } from '../../common/errors/error-for-log';
import { Repeater } from '../../common/repeater';
import { RemoteReplyRepository, type RemoteNews } from './remote-reply.repository';
import { ReplyBuffer, type ReplyOutcome, type ReplyPiece } from './reply.buffer';

const LOOK_MS = 250;
/** A statement: an answer that takes too long would never come. */
const MOST_A_LOOK = 500;

/** A reply that another replica writes, as far as it is known here. All its readers share one. */
interface Mirror {
  readonly replyId: string;
  readonly buffer: ReplyBuffer;
  readers: number;
}

/** A mirror, and the UTF-16 units it had when the database was asked for more. */
type Asked = readonly [mirror: Mirror, known: number];

/**
 * Reads replies that this process does not write, running or ended, out of the database: one statement for all of them, four times a
 * second, however many readers there are.
 */
@Injectable()
export class RemoteReplies implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RemoteReplies.name);
  private readonly mirrors = new Map<string, Mirror>();
  private readonly repeater = new Repeater(
    () => this.lookAll(),
    () => LOOK_MS,
  );
  private isAway = false;
  private isClosed = false;

  constructor(private readonly replies: RemoteReplyRepository) {}

  onApplicationBootstrap(): void {
    this.repeater.start(LOOK_MS);
  }

  onModuleDestroy(): Promise<void> {
    this.close();
    return this.repeater.stop();
  }

  /** From `after` (UTF-16 units) to the end. Ends quietly when `gone` is aborted. */
  async *read(replyId: string, after: number, gone: AbortSignal): AsyncGenerator<ReplyPiece> {
    const mirror = this.mirrors.get(replyId) ?? this.add(replyId);
    mirror.readers += 1;
    try {
      yield* mirror.buffer.read(after, gone);
    } finally {
      mirror.readers -= 1;
      if (mirror.readers === 0) this.mirrors.delete(replyId);
    }
  }

  /** How a reply ends. Null: it has not when `late` is aborted. */
  async endOf(replyId: string, late: AbortSignal): Promise<ReplyOutcome | null> {
    for await (const piece of this.read(replyId, Infinity, late)) if (piece.type !== 'text') return piece;
    return null;
  }

  /** Sends all readers elsewhere, and those who come later, too. */
  close(): void {
    this.isClosed = true;
    for (const { buffer } of this.mirrors.values()) buffer.end({ type: 'lost' });
  }

  private add(replyId: string): Mirror {
    const mirror = { replyId, buffer: new ReplyBuffer(Infinity), readers: 0 };
    this.mirrors.set(replyId, mirror);
    if (this.isClosed) mirror.buffer.end({ type: 'lost' });
    else void this.look([mirror]); // the first time at once
    return mirror;
  }

  /** But for those that have ended, and are still being read to their end. */
  private async lookAll(): Promise<void> {
    const running = [...this.mirrors.values()].filter(({ buffer }) => !buffer.hasEnded);
    for (let n = 0; n < running.length; n += MOST_A_LOOK) await this.look(running.slice(n, n + MOST_A_LOOK));
  }

  private async look(mirrors: readonly Mirror[]): Promise<void> {
    const asked = new Map(
      mirrors.map((mirror): [string, Asked] => [mirror.replyId, [mirror, mirror.buffer.length]]),
    );
    try {
      const questions = [...asked].map(([replyId, [, known]]) => ({ replyId, known }));
      await this.apply(asked, await this.replies.newsOf(questions));
      this.isAway = false;
    } catch (error) {
      if (!this.isAway)
        this.logger.warn({ msg: 'cannot read the replies of other replicas', err: errorForLog(error) });
      this.isAway = true; // the next look makes up for it
    }
  }

  private async apply(asked: ReadonlyMap<string, Asked>, news: readonly RemoteNews[]): Promise<void> {
    for (const { replyId, text } of news) append(asked.get(replyId)!, text);
    const over = news.filter(({ running }) => !running).map(({ replyId }) => replyId);
    if (over.length === 0) return;
    const messages = new Map((await this.replies.find(over)).map((message) => [message.id, message]));
    for (const replyId of over) {
      const [message, [{ buffer }]] = [messages.get(replyId), asked.get(replyId)!];
      const rest = message?.content.slice(buffer.length); // another look may have added some since this one asked
      if (rest) buffer.append(rest);
      buffer.end(message ? { type: 'ended', message } : { type: 'deleted' });
    }
  }
}

/** Two looks may be under way at once: the slower one has nothing new to say. */
function append([{ buffer }, known]: Asked, text: string): void {
  if (text && buffer.length === known) buffer.append(text);
}
