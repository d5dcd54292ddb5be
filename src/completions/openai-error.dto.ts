import { ApiProperty } from '@nestjs/swagger';
import { PROBLEMS, type ProblemCode } from '../common/errors/domain-error';

const TYPES = [
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'rate_limit_error',
  'insufficient_quota',
  'server_error',
] as const;

export type OpenAiErrorType = (typeof TYPES)[number];

export class OpenAiErrorMember {
  message!: string;
  @ApiProperty({ enum: TYPES })
  type!: OpenAiErrorType;
  /** The first member that is not valid, such as `messages[0].role`. */
  param!: string | null;
  /** As in the problem documents of `/api`. */
  @ApiProperty({ enum: Object.keys(PROBLEMS) })
  code!: ProblemCode;
}

/** OpenAI's envelope: every error under `/v1`. */
export class OpenAiErrorResponse {
  error!: OpenAiErrorMember;
}
