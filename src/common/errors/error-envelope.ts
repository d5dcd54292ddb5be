import type { Request, Response } from 'express';
import type { DomainError } from './domain-error';

/** An error as it goes over the wire. */
export interface ErrorBody {
  readonly contentType: string;
  readonly body: string;
}

/** Writes errors for clients that know another shape than a problem document. `completions` and `page` fulfil it. */
export abstract class ErrorEnvelope {
  /** Null: whoever asks here reads problem documents. Where that hangs on a header of the request, `Vary` of the response says so. */
  abstract wrap(error: DomainError, request: Request, response: Response): ErrorBody | null;
}
