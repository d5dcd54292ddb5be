import { Injectable } from '@nestjs/common';
import type { DomainError } from '../common/errors/domain-error';
import { ErrorEnvelope } from '../common/errors/error-envelope';
import { toOpenAiError } from './openai-error.mapper';

/** Every error under `/v1` in OpenAI's envelope, so that its clients find it where they look. */
@Injectable()
export class OpenAiErrors extends ErrorEnvelope {
  wrap(path: string, error: DomainError): object | null {
    return /^\/v1(\/|$)/i.test(path) ? toOpenAiError(error) : null;
  }
}
