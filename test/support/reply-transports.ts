import type { Client } from './client';
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

export const TRANSPORTS: readonly ReplyTransport[] = [eventStreams, sockets];
