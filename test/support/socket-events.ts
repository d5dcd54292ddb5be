import { on, once } from 'node:events';
import { WebSocket } from 'ws';
import type { Client } from './client';
import { checkEvent, findOperation } from './contract';
import type { StreamedEvent } from './event-stream';

const STREAM = findOperation('POST', '/api/v1/conversations/x/messages/stream')!;
const LAST = /^message\.(completed|failed|cancelled)$|^reconnect$/;
const REQUEST_ID = 'the-only-one';

/** Asks one thing over a socket of its own; what comes of it. It is read once the loop begins, and leaving the loop ends the socket. */
export async function socketEvents(
  { url, tokens }: Client,
  frame: object,
): Promise<AsyncIterable<StreamedEvent>> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/ws`);
  const frames = on(socket, 'message', { close: ['close'] });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'auth', token: tokens!.accessToken }));
  await frames.next(); // ready
  socket.pause();
  socket.send(JSON.stringify({ ...frame, requestId: REQUEST_ID }));
  return events(socket, frames);
}

async function* events(
  socket: WebSocket,
  frames: AsyncIterable<Buffer[]>,
): AsyncGenerator<StreamedEvent, void> {
  socket.resume();
  try {
    for await (const [frame] of frames) {
      const event = toEvent(frame!.toString());
      yield event;
      if (LAST.test(event.type)) return;
    }
  } finally {
    socket.terminate();
  }
}

function toEvent(frame: string): StreamedEvent {
  const { requestId, id, ...data } = JSON.parse(frame) as StreamedEvent['data'] & { id?: number };
  if (requestId !== REQUEST_ID) throw new Error(`A frame of another request: ${frame.slice(0, 200)}`);
  if (data.type === 'error') throw new Error(frame);
  checkEvent(STREAM, data);
  return { type: data.type, data: data, ...(id !== undefined && { id }) };
}
