import { MayBeAbsent, Text, Trim } from '../common/validation/text';
import { UsageResponse } from '../conversations/message.dto';

export class AskQuestionDto {
  /** White space at both ends is taken off. How long it may be is set by `MESSAGE_MAX_CHARS` (5,000). */
  @Trim()
  @Text({ min: 1, max: 20_000 })
  question!: string;

  /** `provider/model`. Absent: the account's, or the default. */
  @MayBeAbsent()
  @Text({ min: 1, max: 200 })
  model?: string;
}

export class QuestionResponse {
  /** UUIDv7, of the reply. */
  id!: string;
  question!: string;
  /** Null until there is one. Of a failed or cancelled reply the text that there was. */
  answer!: string | null;
  /** `streaming`: the answer has begun and is still being written. */
  status!: 'pending' | 'streaming' | 'completed' | 'failed' | 'cancelled';
  /** `provider/model` that writes or wrote the answer. */
  model!: string;
  /** Null while the answer is being written, and where it has cost nothing. */
  usage!: UsageResponse | null;
  createdAt!: string;
}
