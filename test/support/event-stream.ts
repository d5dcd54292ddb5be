import { checkEvent, type findOperation } from './contract';

export interface StreamedEvent {
  readonly id?: number;
  readonly type: string;
  readonly data: Record<string, unknown> & { readonly type: string };
}

type Operation = NonNullable<ReturnType<typeof findOperation>>;

/** Reads a stream of events as they come. Leaving the loop closes the connection. */
export class EventStream implements AsyncIterable<StreamedEvent> {
  constructor(
    private readonly response: Response,
    private readonly operation: Operation,
    private readonly connection: AbortController,
  ) {}

  get headers(): Headers {
    return this.response.headers;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamedEvent, void> {
    let rest = '';
    try {
      for await (const piece of this.response.body!.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + piece).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) if (!block.startsWith(':')) yield this.parse(block);
      }
    } finally {
      this.connection.abort();
    }
  }

  /** To the end. */
  async all(): Promise<StreamedEvent[]> {
    const events: StreamedEvent[] = [];
    for await (const event of this) events.push(event);
    return events;
  }

  /** Up to and including the first event that fits; then the connection is closed. */
  async until(fits: (event: StreamedEvent, text: string) => boolean): Promise<StreamedEvent[]> {
    const events: StreamedEvent[] = [];
    for await (const event of this) {
      events.push(event);
      if (fits(event, textOf(events))) return events;
    }
    throw new Error(`The stream ended before: ${JSON.stringify(events.at(-1))}`);
  }

  private parse(block: string): StreamedEvent {
    const fields = Object.fromEntries(
      block.split('\n').map((line) => /^(\w+): (.*)$/s.exec(line)!.slice(1) as [string, string]),
    );
    const data = JSON.parse(fields.data!) as StreamedEvent['data'];
    checkEvent(this.operation, data);
    return { type: fields.event!, data, ...(fields.id !== undefined && { id: Number(fields.id) }) };
  }
}

/** The joined deltas. */
export const textOf = (events: readonly StreamedEvent[]): string =>
  events.map(({ type, data }) => (type === 'message.delta' ? (data.delta as string) : '')).join('');
