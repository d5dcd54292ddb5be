import type { MessageInTree } from '../message.entity';

/**
 * What a reader of a reply gets: text, and at the end the reply as stored. `lost`: it goes on elsewhere, or its end could not
 * be stored from here; rejoin. `deleted`: the conversation is gone.
 */
export type ReplyPiece =
  | {
      readonly type: 'text';
      /** UTF-16 units up to and including `delta`. */ readonly offset: number;
      readonly delta: string;
    }
  | { readonly type: 'ended'; readonly message: MessageInTree }
  | { readonly type: 'lost' }
  | { readonly type: 'deleted' };

export type ReplyOutcome = Exclude<ReplyPiece, { type: 'text' }>;

/** UTF-16 units. */
const MOST_TAIL = 4_096;

/** The text of a running reply and who waits for more of it. Pulled, so each reader sets its own pace. */
export class ReplyBuffer {
  private outcome: ReplyOutcome | null = null;
  private bell = newBell();
  private written = '';
  /** Behind `written`, and short: to give out the end of a long text piece by piece must not cost the whole of it each time. */
  private tail = '';

  /** @param readableUntil Until when text is given out, as of `performance.now()`. */
  constructor(private readableUntil: number) {}

  get text(): string {
    [this.written, this.tail] = [this.written + this.tail, ''];
    return this.written;
  }

  /** UTF-16 units. */
  get length(): number {
    return this.written.length + this.tail.length;
  }

  get hasEnded(): boolean {
    return this.outcome !== null;
  }

  /** Text may be given out until then, as of `performance.now()`; what is there already, too. */
  letRead(until: number): void {
    this.readableUntil = until;
    this.ring();
  }

  append(delta: string): void {
    this.tail += delta;
    if (this.tail.length > MOST_TAIL) [this.written, this.tail] = [this.written + this.tail, ''];
    this.ring();
  }

  /** The first outcome counts. */
  end(outcome: ReplyOutcome): void {
    this.outcome ??= outcome;
    this.ring();
  }

  /**
   * From `after` (UTF-16 units) to the end of the reply. A slow reader gets larger pieces, never a queue.
   * Ends quietly when `gone` is aborted.
   */
  async *read(after: number, gone: AbortSignal): AsyncGenerator<ReplyPiece> {
    const wake = () => this.ring();
    gone.addEventListener('abort', wake);
    let offset = after;
    try {
      while (!gone.aborted) {
        const bell = this.bell; // taken before looking, so that nothing falls between
        const delta = this.isReadable ? this.after(offset) : '';
        if (delta) yield { type: 'text', offset: (offset = this.length), delta };
        else if (!this.outcome) await bell.rung;
        else {
          yield this.outcome;
          return;
        }
      }
    } finally {
      gone.removeEventListener('abort', wake);
    }
  }

  /** No piece that is appended ends in half a pair, so neither does `written`. */
  private after(offset: number): string {
    const inTail = offset - this.written.length;
    return inTail >= 0 ? textAfter(this.tail, inTail) : textAfter(this.text, offset);
  }

  /** A reply that is out of our hands may read otherwise by now. */
  private get isReadable(): boolean {
    return this.outcome ? this.outcome.type === 'ended' : performance.now() < this.readableUntil;
  }

  /** One promise for all who wait: a promise a reader costs more (docs/reply-engine.md). */
  private ring(): void {
    const { ring } = this.bell;
    this.bell = newBell();
    ring();
  }
}

/** A reply that has ended, from `after` (UTF-16 units) on. */
export async function* readEnded(message: MessageInTree, after: number): AsyncGenerator<ReplyPiece> {
  const { content } = message;
  const delta = textAfter(content, after);
  if (delta) yield { type: 'text', offset: content.length, delta };
  yield await Promise.resolve({ type: 'ended', message });
}

/** An offset inside a surrogate pair, which we never gave out, steps back to the whole pair. */
export function textAfter(text: string, offset: number): string {
  const inPair = offset > 0 && isLow(text.charCodeAt(offset)) && isHigh(text.charCodeAt(offset - 1));
  return text.slice(inPair ? offset - 1 : offset);
}

export const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

function newBell() {
  let ring!: () => void;
  const rung = new Promise<void>((resolve) => (ring = resolve));
  return { ring, rung };
}
