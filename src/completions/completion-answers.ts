import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { abortWhenClosed } from '../common/http/reader-gone';
import { requestIdOf } from '../common/http/request-id';
import { sendFrames } from '../common/sse/send-events';
import { markReplay } from '../idempotency/replay-header';
import type { Chunk } from './completion-calls';
import { CompletionStream } from './completion-stream';
import { CompletionsService, type AskedCompletion, type OpenedCompletion } from './completions.service';

/** The answers of chat completions over HTTP. */
@Injectable()
export class CompletionAnswers {
  constructor(
    private readonly completions: CompletionsService,
    private readonly stream: CompletionStream,
  ) {}

  /** Nothing is sent before the model has begun, so that an earlier failure is an answer with a status of its own. */
  async send(response: Response, asked: AskedCompletion): Promise<void> {
    const gone = abortWhenClosed(response);
    try {
      const opened = await this.completions.open(asked, gone.signal);
      writeHeaders(response, opened);
      if (!opened.request.stream) return sendWhole(response, await last(opened.chunks));
      const frames = this.stream.frames(opened, requestIdOf(response.req), gone.signal);
      await sendFrames(response.req, response, { of: frames, toFrame: (frame) => frame }, gone);
    } catch (error) {
      if (!gone.signal.aborted) throw error; // else there is nobody to tell
    }
  }
}

function writeHeaders(response: Response, opened: OpenedCompletion): void {
  if (opened.conversationId) response.setHeader('X-Parley-Conversation-Id', opened.conversationId);
  markReplay(response, opened);
}

function sendWhole(response: Response, completion: Chunk): void {
  if (!response.destroyed) response.json(completion);
}

/** Read to its end: by then it is counted, and kept. */
async function last(chunks: OpenedCompletion['chunks']): Promise<Chunk> {
  let completion: Chunk = {};
  for await (const chunk of chunks) completion = chunk;
  return completion;
}
