import type { Request } from 'express';
import type { DomainError } from '../common/errors/domain-error';
import { ErrorEnvelope, type ErrorBody } from '../common/errors/error-envelope';
import { fullPathOf } from '../common/http/full-path';
import { toOpenAiError } from './openai-error.mapper';

/** Every error under `/v1` in OpenAI's envelope, so that its clients find it where they look. */
export class OpenAiErrors extends ErrorEnvelope {
  wrap(error: DomainError, request: Request): ErrorBody | null {
    if (!/^\/v1(\/|$)/i.test(fullPathOf(request))) return null;
    return { contentType: 'application/json', body: JSON.stringify(toOpenAiError(error)) };
  }
}
