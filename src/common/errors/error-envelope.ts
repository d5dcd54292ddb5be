import type { DomainError } from './domain-error';

/** Writes errors for clients that know another shape than a problem document. `completions` fulfils it. */
export abstract class ErrorEnvelope {
  /** The body of an error at this path, sent as `application/json`. Null: the path answers with problem documents. */
  abstract wrap(path: string, error: DomainError): object | null;
}
