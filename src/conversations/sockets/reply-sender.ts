import { notFound } from '../../common/errors/domain-error';
import type { MessageEvent } from '../message-events.mapper';
import type { Connection, Stream } from './connection';
import type { SocketFailures } from './socket-failures';

/**
 * Sends a reply to its last event, at the reader's pace: the next piece is taken once the last one is on its way, and has grown
 * meanwhile. Never throws; where there can be no last event, an `error` stands in its place.
 */
export async function sendReply(
  events: AsyncIterable<MessageEvent>,
  stream: Stream,
  connection: Connection,
  failures: SocketFailures,
): Promise<void> {
  const { requestId, gone } = stream;
  let last: MessageEvent['data']['type'] = 'message.created';
  try {
    for await (const { id, data } of events) {
      if (gone.signal.aborted) return;
      await connection.send({ ...data, requestId, id });
      last = data.type;
    }
    if (last === 'message.created' || last === 'message.delta') throw notFound('message'); // it was deleted meanwhile
  } catch (error) {
    if (!gone.signal.aborted) await connection.send(failures.toFrame(error, requestId));
  } finally {
    connection.finish(stream);
  }
}
