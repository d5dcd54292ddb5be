import type { EventStream, StreamedEvent } from './event-stream';
import { textOf } from './event-stream';
import { waitUntil } from './wait-until';

/** Somebody who reads a stream to its end while the test goes on. */
export class Listener {
  readonly events: StreamedEvent[] = [];
  /** All events, once there are no more. */
  readonly done: Promise<StreamedEvent[]>;

  constructor(stream: EventStream) {
    this.done = this.listen(stream);
    this.done.catch(() => undefined); // told to whoever waits for it
  }

  get text(): string {
    return textOf(this.events);
  }

  get last(): StreamedEvent | undefined {
    return this.events.at(-1);
  }

  async hears(text: string): Promise<void> {
    await waitUntil(() => this.text.startsWith(text), `"${text}", heard "${this.text}"`);
  }

  /** Of the reply, as the first event has it. */
  async replyId(): Promise<string> {
    const first = await waitUntil(() => this.events[0], 'a first event');
    return (first.data.reply as { id: string }).id;
  }

  private async listen(stream: EventStream): Promise<StreamedEvent[]> {
    for await (const event of stream) this.events.push(event);
    return this.events;
  }
}
