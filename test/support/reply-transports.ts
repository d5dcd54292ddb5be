import { followReply, type Place } from '../../web/src/api/follow-reply';
import { API, type Client } from './client';
import type { StreamedEvent } from './event-stream';
import { socketEvents } from './socket-events';

/** Where a reply is, or is to be. */
export interface ReplyPlace {
  readonly conversationId: string;
  readonly replyId: string;
}

/** A way to read a reply as it is written. Leaving the loop over the events cuts the connection; until the loop, nothing is read. */
export interface ReplyTransport {
  readonly name: string;
  /** Asks a question; the events of its answer, `message.created` first. */
  begin(client: Client, conversationId: string, content: string): Promise<AsyncIterable<StreamedEvent>>;
  /** From `after` (UTF-16 units) on; null: it is not said from where. */
  rejoin(client: Client, place: ReplyPlace, after: number | null): Promise<AsyncIterable<StreamedEvent>>;
}

const eventStreams: ReplyTransport = {
  name: 'event stream',
  begin: (client, conversationId, content) => client.ask(conversationId, content),
  rejoin: (client, { conversationId, replyId }, after) => {
    const path = `/conversations/${conversationId}/messages/${replyId}/stream`;
    return client.stream('GET', after === null ? path : `${path}?after=${after}`);
  },
};

const sockets: ReplyTransport = {
  name: 'WebSocket',
  begin: (client, conversationId, content) =>
    socketEvents(client, { type: 'message.send', conversationId, content }),
  rejoin: (client, { conversationId, replyId: messageId }, after) =>
    socketEvents(client, { type: 'message.resume', conversationId, messageId, after: after ?? 0 }),
};

const pageReader: ReplyTransport = {
  name: 'the page reads it',
  begin: (client, conversationId, content) => {
    const body = JSON.stringify({ content });
    return readAsPage(client, `/conversations/${conversationId}/messages/stream`, null, body);
  },
  rejoin: (client, { conversationId, replyId }, after) => {
    const path = `/conversations/${conversationId}/messages/${replyId}/stream`;
    const query = after === null ? '' : `?after=${after}`;
    return readAsPage(client, path + query, { replyId, after: after ?? 0 });
  },
};

/** One connection of the chat page's reader. Where it is lost, that is told: the page would make another one. */
async function readAsPage(
  { url, tokens }: Client,
  path: string,
  from: Place | null,
  body?: string,
): Promise<AsyncIterable<StreamedEvent>> {
  const headers = { Authorization: `Bearer ${tokens!.accessToken}`, 'Content-Type': 'application/json' };
  const response = await fetch(url + API + path, { headers, ...(body && { method: 'POST', body }) });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const events = followReply(
    {
      connect: () => Promise.resolve(response),
      pause: () => Promise.reject(new Error('The connection ended before the reply.')),
      onTrouble: (error) => {
        throw error;
      },
      signal: new AbortController().signal,
    },
    from,
  );
  return asStreamed(events);
}

async function* asStreamed(events: ReturnType<typeof followReply>): AsyncGenerator<StreamedEvent> {
  for await (const { id, ...data } of events)
    yield { type: data.type, data: { ...data }, ...(id !== null && { id }) };
}

export const TRANSPORTS: readonly ReplyTransport[] = [eventStreams, sockets, pageReader];
