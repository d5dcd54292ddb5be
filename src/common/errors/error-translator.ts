import type { DomainError } from './domain-error';

/** Knows the errors of something outside that may surface anywhere, such as the database's. */
export abstract class ErrorTranslator {
  /** Null when the error is not of the kind that this one knows. */
  abstract translate(error: unknown): DomainError | null;
}
