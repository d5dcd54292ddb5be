import { types } from 'node:util';
import { Injectable } from '@nestjs/common';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { DomainError } from '../common/errors/domain-error';
import { ErrorTranslator } from '../common/errors/error-translator';

// Appendix A of the Postgres manual. Connection, authorization, no such database, resources, operator and time-out, system; then: serialization
// failure, deadlock, lock not available, idle in transaction for too long, read-only (after a failover, or with a full disk).
const TROUBLE_CLASSES = ['08', '28', '3D', '53', '57', '58'];
const TROUBLE_STATES = ['40001', '40P01', '55P03', '25P03', '25006'];
const SOCKET_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** What pg 8.23, pg-pool 3 and TypeORM 1.1 say without any code. */
const MESSAGES = [
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'Driver not Connected',
];

const VIOLATIONS = ['23505', '23503']; // unique, foreign key

/** A `database_unavailable` when the database is out of reach, busy or restarting; null: the error is another one. */
export function toDatabaseProblem(error: unknown): DomainError | null {
  if (!isTrouble(error)) return null;
  return new DomainError('database_unavailable', 'The database does not answer. Try again shortly.', {
    cause: error,
  });
}

@Injectable()
export class DatabaseErrorTranslator extends ErrorTranslator {
  translate(error: unknown): DomainError | null {
    return toDatabaseProblem(error) ?? toGoneAccount(error);
  }
}

/** What a request stores for an account or a session that is erased meanwhile has nobody to belong to. */
function toGoneAccount(error: unknown): DomainError | null {
  if (!/_(user|session)_id_fkey$/.test(violatedConstraint(error) ?? '')) return null;
  return new DomainError('session_revoked', 'This account has been deleted.', { cause: error });
}

function isTrouble(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  if (error instanceof QueryRunnerAlreadyReleasedError) return true; // its connection was lost half way
  const { message, code = '', errors = [] } = driverErrorOf(error);
  return MESSAGES.includes(message) || isTroubleCode(code) || errors.some(isTrouble);
}

const isTroubleCode = (code: string): boolean =>
  SOCKET_CODES.includes(code) ||
  TROUBLE_STATES.includes(code) ||
  (code.length === 5 && TROUBLE_CLASSES.includes(code.slice(0, 2)));

/** A value that the database does not take: it will not take it the next time either. */
export const isDataError = (error: unknown): boolean =>
  types.isNativeError(error) && /^2[23]...$/.test(driverErrorOf(error).code ?? '');

/** The name of the unique or foreign key constraint that refused the row; null: the error is another one. */
export function violatedConstraint(error: unknown): string | null {
  if (!types.isNativeError(error)) return null;
  const { code = '', constraint = null } = driverErrorOf(error);
  return VIOLATIONS.includes(code) ? constraint : null;
}

interface DriverError extends Error {
  readonly code?: string;
  readonly constraint?: string;
  /** One for each address of a host that has several. */
  readonly errors?: readonly unknown[];
}

const driverErrorOf = (error: Error): DriverError =>
  error instanceof QueryFailedError ? (error.driverError as Error) : error;
