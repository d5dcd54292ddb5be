import type { Request, Response } from 'express';
import { PROBLEMS, type DomainError } from '../errors/domain-error';
import type { ErrorBody, ErrorEnvelope } from '../errors/error-envelope';
import { toProblem } from '../errors/problem';
import { requestIdOf } from './request-id';

/** Answers with an error: in the first envelope that takes it, else as an RFC 9457 problem. Status and headers are the same. */
export function sendError(
  error: DomainError,
  request: Request,
  response: Response,
  envelopes: readonly ErrorEnvelope[],
): void {
  const kind = PROBLEMS[error.code];
  const headers = {
    ...('retryAfterSeconds' in kind && { 'Retry-After': String(kind.retryAfterSeconds) }),
    ...(kind.status === 401 && { 'WWW-Authenticate': 'Bearer realm="parley"' }),
    ...error.headers,
  };
  for (const [name, value] of Object.entries(headers)) if (value !== '') response.setHeader(name, value);
  const { contentType, body } = bodyOf(error, request, response, envelopes);
  response.status(kind.status).type(contentType).send(body);
}

function bodyOf(
  error: DomainError,
  request: Request,
  response: Response,
  envelopes: readonly ErrorEnvelope[],
): ErrorBody {
  for (const envelope of envelopes) {
    const wrapped = envelope.wrap(error, request, response);
    if (wrapped) return wrapped;
  }
  const problem = toProblem(error, requestIdOf(request));
  return { contentType: 'application/problem+json', body: JSON.stringify(problem) };
}
