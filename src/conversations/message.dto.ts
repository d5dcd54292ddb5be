import { IsInt, IsUUID, Min } from 'class-validator';
import { PROBLEMS, type ProblemCode } from '../common/errors/domain-error';
import { ApiProperty } from '@nestjs/swagger';
import { PageQueryDto } from '../common/paging/page-query.dto';
import { Digits } from '../common/validation/query';
import { MayBeAbsent, MayBeNull, Text, Trim } from '../common/validation/text';

export class SendMessageDto {
  /** The question. White space at both ends is taken off. How long it may be is set by `MESSAGE_MAX_CHARS` (5,000). */
  @Trim()
  @Text({ min: 1, max: 20_000 })
  content!: string;

  /** The ended reply that this follows; null starts a new first message. Absent: the active branch goes on. */
  @MayBeNull()
  @IsUUID()
  parentId?: string | null;

  /** `provider/model`. Absent: the conversation's, or the default. */
  @MayBeAbsent()
  @Text({ min: 1, max: 200 })
  model?: string;
}

export class RegenerateDto {
  /** `provider/model`. Absent: the conversation's, or the default. */
  @MayBeAbsent()
  @Text({ min: 1, max: 200 })
  model?: string;
}

export class MessageQueryDto extends PageQueryDto {
  /** Any message of the branch. Absent: the active one. */
  @MayBeAbsent()
  @IsUUID()
  leafId?: string;
}

export class RejoinQueryDto {
  /** UTF-16 units of the text that is already there: the id of the last event seen. */
  @MayBeAbsent()
  @Digits()
  @IsInt()
  @Min(0)
  after?: number;
}

export class UsageResponse {
  promptTokens!: number;
  completionTokens!: number;
  totalTokens!: number;
  /** The counts are Parley's own: the provider sent none, or the reply was broken off. */
  estimated!: boolean;
}

export class MessageErrorResponse {
  @ApiProperty({ enum: Object.keys(PROBLEMS) })
  code!: ProblemCode;
  detail!: string;
}

export class MessageResponse {
  /** UUIDv7. */
  id!: string;
  conversationId!: string;
  /** Null: the first message of a branch. */
  parentId!: string | null;
  role!: 'user' | 'assistant';
  /** `streaming`: a reply that has text and is still being written. */
  status!: 'pending' | 'streaming' | 'completed' | 'failed' | 'cancelled';
  /** Of a running reply the text stored so far. */
  content!: string;
  /** `provider/model` that writes or wrote the reply; null for questions. */
  model!: string | null;
  finishReason!: 'stop' | 'length' | 'content_filter' | 'cancelled' | 'interrupted' | 'error' | null;
  /** Null while the reply is being written, and where it has cost nothing. */
  usage!: UsageResponse | null;
  error!: MessageErrorResponse | null;
  /** The messages with the same parent, this one too, oldest first. */
  siblingIds!: string[];
  createdAt!: string;
  /** When it ended, however it ended; null while a reply is being written. */
  completedAt!: string | null;
}

export class ExchangeResponse {
  /** The question. */
  message!: MessageResponse;
  reply!: MessageResponse;
}
