import { Injectable, Logger } from '@nestjs/common';
import { ErrorTranslator } from '../common/errors/error-translator';
import { logFailure } from '../common/errors/log-failure';
import { toDomainError } from '../common/errors/problem';
import type { Chunk } from './completion-calls';
import type { OpenedCompletion } from './completions.service';
import { toOpenAiError } from './openai-error.mapper';

const DONE = 'data: [DONE]\n\n';

/** A completion as OpenAI streams it. */
@Injectable()
export class CompletionStream {
  private readonly logger = new Logger(CompletionStream.name);

  constructor(private readonly outside: ErrorTranslator) {}

  /** One frame a chunk. Only a whole stream ends with `[DONE]`; the last frame of another one is its error. */
  async *frames(
    { request, chunks }: Pick<OpenedCompletion, 'request' | 'chunks'>,
    requestId: string,
    gone: AbortSignal,
  ): AsyncGenerator<string, void> {
    try {
      for await (const chunk of chunks) {
        const told = request.includeUsage ? chunk : withoutUsage(chunk);
        if (told) yield toFrame(told);
      }
      yield DONE;
    } catch (thrown) {
      if (gone.aborted) return;
      const error = this.outside.translate(thrown) ?? toDomainError(thrown);
      logFailure(this.logger, error, requestId);
      yield toFrame(toOpenAiError(error));
    }
  }
}

const toFrame = (data: object) => `data: ${JSON.stringify(data)}\n\n`;

/** Providers are always asked for their counts. Null: the chunk has nothing else. */
function withoutUsage({ usage, ...chunk }: Chunk): Chunk | null {
  const isForUsage = usage && Array.isArray(chunk.choices) && chunk.choices.length === 0;
  return isForUsage ? null : chunk;
}
