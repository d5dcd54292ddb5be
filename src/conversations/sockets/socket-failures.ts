import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { PROBLEMS, type DomainError } from '../../common/errors/domain-error';
import { ErrorTranslator } from '../../common/errors/error-translator';
import { logFailure } from '../../common/errors/log-failure';
import { toDomainError, toProblem, type Problem } from '../../common/errors/problem';

export interface ErrorFrame {
  readonly type: 'error';
  /** Of the frame that was refused; null: it had none that could be read. */
  readonly requestId: string | null;
  readonly problem: Problem;
}

/** What goes wrong on a socket, as the same thing is told over HTTP. */
@Injectable()
export class SocketFailures {
  private readonly logger = new Logger('WebSocket');

  constructor(private readonly outside: ErrorTranslator) {}

  toDomainError(thrown: unknown): DomainError {
    return this.outside.translate(thrown) ?? toDomainError(thrown);
  }

  /** Writes the line in the log, too. */
  toFrame(thrown: unknown, requestId: string | null): ErrorFrame {
    const error = this.toDomainError(thrown);
    const problem = { ...retryAfter(error), ...toProblem(error, this.log(error)) };
    return { type: 'error', requestId, problem };
  }

  /** The id that the line in the log can be found by. */
  log(error: DomainError, requestId: string = randomUUID()): string {
    logFailure(this.logger, error, requestId);
    return requestId;
  }
}

/** In seconds, where an answer over HTTP has the header. */
function retryAfter({ code, headers }: DomainError): { readonly retryAfter?: number } {
  const kind = PROBLEMS[code];
  const usual = 'retryAfterSeconds' in kind ? String(kind.retryAfterSeconds) : '';
  const seconds = headers['Retry-After'] ?? usual;
  return seconds === '' ? {} : { retryAfter: Number(seconds) };
}
