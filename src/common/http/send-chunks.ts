import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Answers with a long text as it comes, at the reader's pace; its headers have been set. A reader that leaves ends the source. When
 * the source fails, the connection is cut, so that nobody takes a part for the whole.
 */
export async function sendChunks(response: Response, chunks: AsyncIterable<string>): Promise<void> {
  response.status(200).set('Cache-Control', 'no-store');
  if (response.req.method === 'HEAD') return void response.end();
  try {
    await pipeline(Readable.from(chunks), response);
  } catch (error) {
    if (!isLeft(error)) throw error;
  }
}

/** Answers with one JSON object a line. */
export async function sendLines(response: Response, lines: AsyncIterable<object>): Promise<void> {
  response.set('Content-Type', 'application/x-ndjson; charset=utf-8');
  await sendChunks(response, toText(lines));
}

async function* toText(lines: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

const isLeft = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
