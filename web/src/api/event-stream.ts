import { createParser } from 'eventsource-parser';
import type { ReplyEvent } from './types';

/** Parley sends a comment each 15 seconds, so a connection that is silent for longer than two of them is dead. */
export const SILENCE_MS = 40_000;

/** The events of an answer as they come. Leaving the loop closes the connection. @throws Error – it was cut, or is silent. */
export async function* readEvents(response: Response, silenceMs = SILENCE_MS): AsyncGenerator<ReplyEvent> {
  const events: ReplyEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, data }) =>
      events.push({ ...(JSON.parse(data) as ReplyEvent), id: id === undefined ? null : Number(id) }),
  });
  const decoder = new TextDecoder();
  const bytes = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, bytes.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    bytes.cancel().catch(() => undefined); // it has failed already
  }
}

function within<Value>(limitMs: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The connection has gone silent.')), limitMs);
    void promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
