/** Errors whose message is ours or the runtime's. Others (a database's, a parser's, a provider's) can quote a user's text. */
const SAFE_MESSAGES = new Set([
  'AggregateError',
  'ConfigError',
  'DomainError',
  'Error',
  'RangeError',
  'ReferenceError',
  'TypeError',
]);

export interface LoggedError {
  readonly name: string;
  readonly message?: string;
  /** SQLSTATE, errno name or problem code, where there is one. */
  readonly code?: string;
  /** Where, without what was said. */
  readonly at: readonly string[];
  readonly cause?: LoggedError;
}

/** What of an error may stand in a log: never a query's parameters, a body or a text that somebody wrote. */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  const cause = error.cause ?? driverError;
  return {
    name: error.name,
    ...(SAFE_MESSAGES.has(error.name) && { message: error.message }),
    ...(typeof code === 'string' && { code }),
    at: (error.stack ?? '')
      .replace(error.message, '') // which can have lines that look like these
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 12)
      .map((line) => line.trim()),
    ...(cause instanceof Error && depth < 3 && { cause: errorForLog(cause, depth + 1) }),
  };
}
