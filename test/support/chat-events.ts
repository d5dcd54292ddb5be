import type { ChatEvent } from '../../src/llm/chat-model';

/** All there is, to the end. */
export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

/** The events up to where the sequence threw, and what it threw; null when it ended well. */
export async function collectUntilError(events: AsyncIterable<ChatEvent>) {
  const seen: ChatEvent[] = [];
  try {
    for await (const event of events) seen.push(event);
  } catch (error) {
    return { text: collectText(seen), error: error as Error };
  }
  return { text: collectText(seen), error: null };
}

/** The text of all events, joined. */
export const collectText = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');
