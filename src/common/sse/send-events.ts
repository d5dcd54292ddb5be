import type { Request, Response } from 'express';
import { once } from 'node:events';

/** An event whose data tells its own type. */
export interface ServerSentEvent {
  /** Where to rejoin from. */
  readonly id?: number;
  readonly data: { readonly type: string };
}

/** The contract: a comment every 15 s, so that no proxy takes a silent model for a dead connection. */
const PING_MS = 15_000;
/** A reader that takes nothing for so long, not even a comment, is cut off; it may rejoin where it was. */
const STALLED_MS = 60_000;

/** What a stream sends, and how it is written. */
interface Frames<T> {
  readonly of: AsyncIterable<T>;
  /** With the empty line at its end. */
  readonly toFrame: (item: T) => string;
}

/** As `sendFrames`, of events that tell their type. */
export function sendEvents(
  request: Request,
  response: Response,
  events: AsyncIterable<ServerSentEvent>,
  gone: AbortController,
  stalledMs = STALLED_MS,
): Promise<void> {
  return sendFrames(request, response, { of: events, toFrame: frame }, gone, stalledMs);
}

/**
 * Answers with an event stream, at the reader's pace: nothing is taken from the source while the reader's socket is full.
 * Resolves when the source has ended or the reader is gone; `gone` then ends the source. Errors of the source are thrown:
 * the headers are out by then, so the connection is cut, and the reader rejoins. So is that of a reader who stops reading.
 */
export async function sendFrames<T>(
  request: Request,
  response: Response,
  { of: items, toFrame }: Frames<T>,
  gone: AbortController,
  stalledMs = STALLED_MS,
): Promise<void> {
  writeHead(response);
  if (request.method === 'HEAD') return void response.end();
  const leave = () => gone.abort(new Error('The reader went away.'));
  response.setTimeout(stalledMs, () => response.destroy());
  response.on('close', leave); // the response's: a request's close fires once its body is read
  if (response.destroyed) leave(); // it went away before there was anything to send
  const ping = setInterval(() => !response.writableNeedDrain && response.write(': ping\n\n'), PING_MS);
  try {
    for await (const item of items) {
      if (gone.signal.aborted) break;
      if (!response.write(toFrame(item))) await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    clearInterval(ping);
    response.off('close', leave);
  }
}

function writeHead(response: Response): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no', // nginx would hold the stream back
  });
  response.flushHeaders();
}

function frame({ id, data }: ServerSentEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
