import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError } from '../errors/domain-error';
import { logFailure } from '../errors/log-failure';
import type { ErrorEnvelope } from '../errors/error-envelope';
import type { ErrorTranslator } from '../errors/error-translator';
import { toDomainError } from '../errors/problem';
import { allowedMethods } from './allowed-methods';
import { requestIdOf } from './request-id';
import { sendError } from './send-error';

/** Answers whatever was thrown on the way to an answer: as an RFC 9457 problem, or in the shape that whoever asks can read. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(
    private readonly outside: ErrorTranslator,
    private readonly envelopes: readonly ErrorEnvelope[],
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    const error = this.outside.translate(thrown) ?? orWrongMethod(toDomainError(thrown), request);
    logFailure(this.logger, error, requestIdOf(request));
    if (response.headersSent) return void response.destroy(); // cut, so that nobody takes the part for the whole
    sendError(error, request, response, this.envelopes);
  }
}

/** Nest knows only that no route matched. */
function orWrongMethod(error: DomainError, request: Request): DomainError {
  if (error.code !== 'not_found' || request.route !== undefined) return error;
  const allow = allowedMethods(request.app, request.path);
  if (allow.length === 0) return error;
  return new DomainError('method_not_allowed', `This path takes ${allow.join(', ')}.`, {
    headers: { Allow: allow.join(', ') },
  });
}
