import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { ApiProblems } from '../common/http/api-problems';
import { ApiIdempotencyKey } from '../idempotency/keyed-request';
import { CompletionChunkResponse, CompletionResponse, CreateCompletionDto } from './completion.dto';
import { OpenAiErrorResponse } from './openai-error.dto';

const reference = (model: new () => object) => ({ $ref: getSchemaPath(model) });

const CONVERSATION = {
  description: 'With `store: true`: the conversation that the exchange is kept as',
  schema: { type: 'string', format: 'uuid' },
} as const;

/** Documents chat completions: what goes in, and that it comes out as one object or as a stream of them. */
export const ApiCompletion = (): MethodDecorator =>
  applyDecorators(
    ApiIdempotencyKey(),
    ApiExtraModels(CompletionResponse, CompletionChunkResponse, OpenAiErrorResponse),
    ApiBody({ type: CreateCompletionDto }),
    ApiOkResponse({
      description:
        'The completion; or with `stream: true` its chunks as events, and `[DONE]` after the last one. An error ends a stream, too',
      headers: { 'X-Parley-Conversation-Id': CONVERSATION },
      content: {
        'application/json': { schema: reference(CompletionResponse) },
        'text/event-stream': {
          schema: { anyOf: [CompletionChunkResponse, OpenAiErrorResponse].map(reference) },
        },
      },
    }),
    ApiProblems('unknown_model', 'context_length_exceeded', 'quota_exceeded', 'draining'),
    ApiProblems('idempotency_key_reused', 'conflict', 'not_found'),
    ApiProblems('model_failed', 'model_unavailable', 'model_timeout', 'interrupted'),
  );
