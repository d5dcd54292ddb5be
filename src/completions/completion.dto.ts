import { ApiProperty } from '@nestjs/swagger';

/** What people look for in a choice of the provider's, as far as it is there. */
const choiceWith = (said: 'message' | 'delta') =>
  ({
    type: 'object',
    properties: {
      index: { type: 'integer' },
      [said]: {
        type: 'object',
        properties: { role: { type: 'string' }, content: { type: 'string', nullable: true } },
        additionalProperties: true,
      },
      finish_reason: { type: 'string', nullable: true },
    },
    additionalProperties: true,
  }) as const;

export class CompletionMessageDto {
  @ApiProperty({ enum: ['developer', 'system', 'user', 'assistant', 'tool', 'function'] })
  role!: string;

  /** Text, or parts: `text` with its `text`, images and what else the provider takes. Only an assistant that calls tools may have none. */
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'string' },
      {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['type'],
          properties: { type: { type: 'string' }, text: { type: 'string' } },
          additionalProperties: true,
        },
      },
      { type: 'null' },
    ],
  })
  content?: unknown;
}

export class StreamOptionsDto {
  /** Whether the last chunk but `[DONE]` has the token counts. */
  include_usage?: boolean;
}

/** OpenAI's request. Members that are not listed reach the provider as they are. */
export class CreateCompletionDto {
  /** An id of `GET /v1/models`. */
  model!: string;
  @ApiProperty({ type: [CompletionMessageDto], minItems: 1 })
  messages!: CompletionMessageDto[];
  stream?: boolean | null;
  stream_options?: StreamOptionsDto | null;
  /** Keeps the texts of the exchange as a conversation, with us alone. */
  store?: boolean | null;
  /** One at a time: each choice is paid for. */
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1 })
  n?: number | null;
  @ApiProperty({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
  max_completion_tokens?: number | null;
  @ApiProperty({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
  max_tokens?: number | null;
}

export class CompletionUsageResponse {
  prompt_tokens!: number;
  completion_tokens!: number;
  total_tokens!: number;
}

/** The provider's own completion. */
export class CompletionResponse {
  id?: string;
  @ApiProperty({ enum: ['chat.completion'] })
  object?: string;
  /** Seconds since 1970. */
  created?: number;
  /** As the provider calls it. */
  model?: string;
  @ApiProperty({ type: 'array', items: choiceWith('message') })
  choices!: object[];
  usage?: CompletionUsageResponse | null;
}

/** One of the provider's own chunks. */
export class CompletionChunkResponse {
  id?: string;
  object?: string;
  created?: number;
  model?: string;
  @ApiProperty({ type: 'array', items: choiceWith('delta') })
  choices!: object[];
  /** Only where `stream_options.include_usage` asks for it. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  usage?: object | null;
}

export class CompletionModelResponse {
  /** `provider/model` */
  id!: string;
  @ApiProperty({ enum: ['model'] })
  object!: string;
  /** Seconds since 1970, of when this server began; nobody tells us more. */
  @ApiProperty({ type: 'integer' })
  created!: number;
  /** The provider. */
  owned_by!: string;
}

export class CompletionModelsResponse {
  @ApiProperty({ enum: ['list'] })
  object!: string;
  data!: CompletionModelResponse[];
}
