import { HttpException } from '@nestjs/common';
import { DomainError, PROBLEMS, type FieldError, type ProblemCode } from './domain-error';

/** The body of every error: RFC 9457, with members of our own. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly [member: string]: unknown;
}

/** The one way out: the HTTP filter and the event stream call it. An `internal` error keeps its reason to itself. */
export function toProblem(error: DomainError, requestId: string): Problem {
  const { code, errors, members } = error;
  const { status, title } = PROBLEMS[code];
  const detail = detailOf(error);
  return {
    ...members,
    type: `urn:parley:problem:${code}`,
    title,
    status,
    detail,
    code,
    requestId,
    ...(errors && { errors }),
  };
}

/** What may be told of a failure. */
export const detailOf = ({ code, message }: DomainError): string =>
  code === 'internal' ? PROBLEMS.internal.title : message;

/** Whatever was thrown, as a failure with a meaning. What nobody knows is `internal`. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const status = statusOf(error);
  const known = status === null ? undefined : FRAMEWORK[status];
  return known
    ? new DomainError(...known, { cause: error })
    : new DomainError('internal', 'Unexpected.', { cause: error });
}

/** What Nest, Express and its body parser refuse by themselves, in our words: theirs can quote the request. */
const FRAMEWORK: Partial<Record<number, [ProblemCode, string]>> = {
  400: ['malformed_request', 'The request could not be read.'],
  401: ['unauthenticated', 'A valid access token is needed.'],
  403: ['forbidden', 'This is not allowed.'],
  404: ['not_found', 'There is nothing at this path.'],
  406: ['not_acceptable', 'No answer in an accepted media type.'],
  413: ['payload_too_large', 'The body is too large.'],
  415: ['unsupported_media_type', 'The body must be application/json in UTF-8.'],
};

/** Nest's own errors, and those of Express's parts, which carry `status` (package http-errors). */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') return error.status;
  return null;
}
