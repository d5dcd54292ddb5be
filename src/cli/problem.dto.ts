import { ApiProperty } from '@nestjs/swagger';
import { PROBLEMS } from '../common/errors/domain-error';

export class FieldProblem {
  /** A JSON pointer into the body (`/content`), or `query.<name>`. */
  path!: string;
  /** The rule that was broken. */
  code!: string;
  message!: string;
}

/** RFC 9457. */
export class Problem {
  /** `urn:parley:problem:<code>` */
  type!: string;
  title!: string;
  status!: number;
  /** For people. */
  detail!: string;
  /** For programs. */
  @ApiProperty({ enum: Object.keys(PROBLEMS) })
  code!: string;
  /** As in `X-Request-Id`. */
  requestId!: string;
  /** What is wrong with which field. */
  errors?: FieldProblem[];
  /** The reply that a failed send leaves, or that is still being written. */
  replyId?: string;
  /** The question that a failed send leaves. */
  messageId?: string;
  conversationId?: string;
  /** When a quota that is used up begins anew; ISO 8601, UTC. */
  resetsAt?: string;
}
