import type { BegunCall } from './tries';

/** What is given before the call's own events, and the call. */
export interface OpenedCall<Event> extends BegunCall<Event> {
  readonly before: readonly Event[];
}

/**
 * The events of a call that has yet to begin. From its second event on it hands on what the call itself gives: an async generator
 * around it would cost two promises more for each token.
 */
export class OpeningCall<Event> implements AsyncIterableIterator<Event, undefined> {
  private readonly given: Event[] = [];
  private events: AsyncIterator<Event, undefined> | null = null;

  /**
   * @param open begins the call; it is asked once
   * @param close is called when the reader leaves, however that comes, at once
   */
  constructor(
    private readonly open: () => Promise<OpenedCall<Event>>,
    private readonly close: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Event, undefined>> {
    if (!this.events) return this.begin();
    const value = this.given.shift();
    return value === undefined ? this.events.next() : Promise.resolve({ done: false, value });
  }

  async return(): Promise<IteratorResult<Event, undefined>> {
    this.close();
    await this.events?.return?.();
    return { done: true, value: undefined };
  }

  private async begin(): Promise<IteratorResult<Event, undefined>> {
    const { before, first, events } = await this.open();
    this.events = events;
    this.given.push(...before, first);
    return { done: false, value: this.given.shift()! };
  }
}
