import type { ServerSentEvent } from '../common/sse/send-events';
import type {
  MessageCreatedEvent,
  MessageDeltaEvent,
  MessageEndedEvent,
  ReconnectEvent,
} from './message-events.dto';
import type { MessageInTree } from './message.entity';
import { toExchangeResponse, toMessageResponse } from './message.mapper';
import type { ReplyPiece } from './replies/reply.buffer';
import type { BegunTurn } from './turns.service';

export type MessageEvent = ServerSentEvent & {
  readonly data: MessageCreatedEvent | MessageDeltaEvent | MessageEndedEvent | ReconnectEvent;
};

/** This replica can't go on. */
export const RECONNECT: MessageEvent = { data: { type: 'reconnect', retryAfterMs: 1_000 } };

/** A new turn from its start to its end. */
export async function* toExchangeEvents(
  { question, reply }: Pick<BegunTurn, 'question' | 'reply'>,
  pieces: AsyncIterable<ReplyPiece>,
): AsyncGenerator<MessageEvent> {
  const exchange = toExchangeResponse({ message: question, reply });
  yield { id: 0, data: { type: 'message.created', ...exchange } };
  yield* toMessageEvents(reply.id, pieces);
}

/** The events of a reply's pieces. The id of an event is the length of the text up to and including it. */
export async function* toMessageEvents(
  messageId: string,
  pieces: AsyncIterable<ReplyPiece>,
): AsyncGenerator<MessageEvent> {
  for await (const piece of pieces) {
    if (piece.type === 'text')
      yield { id: piece.offset, data: { type: 'message.delta', messageId, delta: piece.delta } };
    if (piece.type === 'ended') yield toEndedEvent(piece.message);
    if (piece.type === 'lost') yield RECONNECT;
  }
}

/** The last event of a reply that has ended. */
export function toEndedEvent(message: MessageInTree): MessageEvent {
  const type = `message.${message.status as 'completed' | 'failed' | 'cancelled'}` as const;
  return { id: message.content.length, data: { type, message: toMessageResponse(message) } };
}
