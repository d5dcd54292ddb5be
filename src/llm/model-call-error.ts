import { DomainError, type DomainErrorOptions, type ProblemCode } from '../common/errors/domain-error';

interface ModelCallErrorOptions extends DomainErrorOptions {
  /** Trying again before the first token may help: the provider's 429 or 5xx, no connection, a broken one. */
  readonly retryable?: boolean;
  /** How long the provider asks to wait. Null or absent: it has not said. */
  readonly retryAfterMs?: number | null;
}

/** A call of a model that came to nothing, and whether another try may help. */
export class ModelCallError extends DomainError {
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;

  constructor(
    code: ProblemCode,
    message: string,
    { retryable = false, retryAfterMs = null, ...options }: ModelCallErrorOptions = {},
  ) {
    super(code, message, options);
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}
