import type { MessageResponse } from '../../src/conversations/message.dto';
import type { StreamedEvent } from './event-stream';

const LAST = ['message.completed', 'message.failed', 'message.cancelled'];

/** Somebody who puts a reply together from its events, over any number of connections, and holds each event to the contract. */
export class ReplyReader {
  /** The joined deltas. */
  text = '';
  /** The last event of all; null: it has not come yet. */
  last: StreamedEvent | null = null;

  /** Events of all connections. */
  taken = 0;

  /** A reader that knows the beginning of a text already. */
  static knowing(text: string, units: number): ReplyReader {
    const reader = new ReplyReader();
    reader.text = text;
    reader.goBackTo(units);
    return reader;
  }

  /** What is behind these units is to be read (again). Inside a pair, that is the whole pair. */
  goBackTo(units: number): void {
    const splits = /^[\udc00-\udfff]/.test(this.text.slice(units));
    this.text = this.text.slice(0, splits ? units - 1 : units);
  }

  /** Takes events of one connection, so many at most; after each of them that is not the last it `calls`. */
  async take(
    events: AsyncIterable<StreamedEvent>,
    { most = Infinity, calls = () => undefined }: { most?: number; calls?: () => void } = {},
  ): Promise<void> {
    const before = this.taken;
    for await (const event of events) {
      if (this.last) throw new Error(`${event.type} came after ${this.last.type}.`);
      this.check(event);
      if (++this.taken === before + most) return;
      calls();
    }
    if (!this.last) throw new Error('The connection ended before the reply.');
  }

  /** As the last event has it. */
  get message(): MessageResponse {
    return this.last!.data.message as MessageResponse;
  }

  private check(event: StreamedEvent): void {
    if (event.type === 'message.delta') this.append(event.data.delta as string);
    else if (LAST.includes(event.type)) this.last = event;
    else throw new Error(`${event.type} comes in no rejoined reply.`);
    if (event.id !== this.text.length)
      throw new Error(`${event.type} has the id ${event.id}, at ${this.text.length} units.`);
  }

  private append(delta: string): void {
    if (delta === '') throw new Error('A delta is empty.');
    if (!delta.isWellFormed()) throw new Error('A delta splits a pair.');
    this.text += delta;
  }
}
