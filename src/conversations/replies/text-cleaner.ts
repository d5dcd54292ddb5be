import { isHigh } from './reply.buffer';

const REPLACEMENT = '\uFFFD';

/**
 * Makes a model's text storable: NUL and lone surrogates become U+FFFD, and a pair that two pieces share stays whole: its
 * first half waits for the second. One NUL would otherwise fail the heartbeat of every reply.
 */
export class TextCleaner {
  private waiting = '';

  clean(piece: string): string {
    const text = this.waiting + piece;
    const cut = isHigh(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
    this.waiting = text.slice(cut);
    return text.slice(0, cut).toWellFormed().replaceAll('\0', REPLACEMENT);
  }

  /** What is left when no more comes. */
  rest(): string {
    return this.waiting && REPLACEMENT;
  }
}

/** The first `max` UTF-16 units, or one less where that would split a pair. */
export function cutTo(text: string, max: number): string {
  const splits = isHigh(text.charCodeAt(max - 1));
  return text.length > max ? text.slice(0, splits ? max - 1 : max) : text;
}
