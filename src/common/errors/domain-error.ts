/** How loudly a problem is logged: `debug` is the caller's own doing, `error` is ours to mend. */
export type ProblemLog = 'debug' | 'warn' | 'error';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly log: ProblemLog;
  /** Seconds after which trying again makes sense: the `Retry-After` header, where nothing better is known. */
  readonly retryAfterSeconds?: number;
}

const kind = (status: number, title: string, log: ProblemLog = 'debug', more: Partial<ProblemKind> = {}) =>
  ({ status, title, log, ...more }) satisfies ProblemKind;

/** Every code that a problem can have, with its status, title and log level: the only such list. */
export const PROBLEMS = {
  malformed_request: kind(400, 'The request could not be read'),
  validation_failed: kind(400, 'The request is not valid'),
  invalid_cursor: kind(400, 'The cursor is not valid'),
  context_length_exceeded: kind(400, 'The message does not fit the model'),
  unknown_model: kind(400, 'There is no such model'),
  unauthenticated: kind(401, 'Sign in first'),
  token_expired: kind(401, 'The access token has expired'),
  invalid_credentials: kind(401, 'The name or the password is wrong'),
  session_revoked: kind(401, 'The session has ended'),
  forbidden: kind(403, 'Not allowed'),
  insufficient_scope: kind(403, 'The key does not cover this'),
  account_disabled: kind(403, 'The account is disabled'),
  not_found: kind(404, 'Not found'),
  method_not_allowed: kind(405, 'Method not allowed'),
  not_acceptable: kind(406, 'Not acceptable'),
  payload_too_large: kind(413, 'The request is too large'),
  unsupported_media_type: kind(415, 'The body is not JSON'),
  username_taken: kind(409, 'The username is taken'),
  reply_in_progress: kind(409, 'A reply is still being written'),
  not_cancellable: kind(409, 'The reply has already ended'),
  conflict: kind(409, 'Conflict'),
  idempotency_key_reused: kind(422, 'The idempotency key was used for another request'),
  rate_limited: kind(429, 'Too many requests'),
  quota_exceeded: kind(429, 'The quota is used up'),
  too_many_connections: kind(429, 'Too many connections'),
  request_headers_too_large: kind(431, 'The request headers are too large'),
  internal: kind(500, 'Something went wrong on our side', 'error'),
  model_failed: kind(502, 'The model failed', 'warn'),
  model_unavailable: kind(503, 'The model is not available', 'warn'),
  database_unavailable: kind(503, 'The database is not available', 'warn', { retryAfterSeconds: 2 }),
  interrupted: kind(503, 'The reply was interrupted', 'warn'),
  draining: kind(503, 'This server is going away', 'warn', { retryAfterSeconds: 1 }),
  overloaded: kind(503, 'Too much to do at the moment', 'warn', { retryAfterSeconds: 2 }),
  model_timeout: kind(504, 'The model took too long', 'warn'),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing that is wrong with a request. `path` is a JSON pointer into the body, or `query.<name>`. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface DomainErrorOptions extends ErrorOptions {
  /** What is wrong with which field, for `validation_failed`. */
  readonly errors?: readonly FieldError[];
  /** Members that the problem document carries besides the usual ones, such as `replyId`. */
  readonly members?: Readonly<Record<string, string>>;
  /** Headers of the answer, such as `Allow`. An empty value takes away the one that the code has by default. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A failure with a meaning. The user reads `message`; `cause` goes to the log and nowhere else. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly errors?: readonly FieldError[];
  readonly members: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    message: string,
    { errors, members = {}, headers = {}, ...options }: DomainErrorOptions = {},
  ) {
    super(message, options);
    this.errors = errors;
    this.members = members;
    this.headers = headers;
  }
}

/** Not there, or not the caller's: the answer is the same. */
export function notFound(what: string): DomainError {
  return new DomainError('not_found', `There is no such ${what}.`);
}

/** A request with these faults. Their paths can be the caller's own words, so they stay out of the message, which is logged. */
export function validationFailed(errors: readonly FieldError[]): DomainError {
  const what = errors.length === 1 ? 'One thing is' : `${errors.length} things are`;
  return new DomainError('validation_failed', `${what} not valid: see errors.`, { errors });
}
