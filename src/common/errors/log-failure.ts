import type { Logger } from '@nestjs/common';
import { PROBLEMS, type DomainError } from './domain-error';
import { errorForLog } from './error-for-log';

/** One line for what was refused or has failed, as loud as its code says. What callers do wrong need not be traced. */
export function logFailure(logger: Logger, error: DomainError, requestId: string): void {
  const { log } = PROBLEMS[error.code];
  const where = log === 'debug' ? {} : { err: errorForLog(error) };
  logger[log]({ msg: 'request failed', requestId, code: error.code, ...where });
}
