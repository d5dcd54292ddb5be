import { APIConnectionError, APIError, OpenAIError } from 'openai';
import { DomainError, type ProblemCode } from '../../common/errors/domain-error';
import { ModelCallError } from '../model-call-error';

/** What went wrong with a call, in our words: the provider's can quote the conversation or a part of the key. */
export function toModelError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof OpenAIError) hideFromLog(error);
  const [code, message, retryable] = meaning(error);
  return new ModelCallError(code, message, { cause: error, retryable, retryAfterMs: waitWanted(error) });
}

/** The SDK calls all of its errors `Error`, whose messages the log takes for ours; and the provider's own `code` for an errno name. */
function hideFromLog(error: OpenAIError): void {
  error.name = error.constructor.name;
  if (error instanceof APIError) Object.assign(error, { code: null });
}

function meaning(error: unknown): [code: ProblemCode, message: string, retryable: boolean] {
  if (error instanceof APIConnectionError)
    return ['model_unavailable', 'The model could not be reached.', true];
  const status: unknown = error instanceof APIError ? error.status : undefined;
  if (typeof status !== 'number') return ['model_failed', BROKEN_OFF, true];
  return isUnavailable(status)
    ? ['model_unavailable', 'The model does not take requests at the moment.', isPassing(status)]
    : ['model_failed', 'The model refused the request.', false];
}

/** A body that ends or breaks before its end, or with an error in it. */
export const brokenOff = () => new ModelCallError('model_failed', BROKEN_OFF, { retryable: true });

const BROKEN_OFF = 'The model broke off its answer.';

/** It may be over soon; a wrong key is not. */
const isPassing = (status: number) => status === 408 || status === 429 || status >= 500;

/** `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3), or OpenAI's `retry-after-ms`. Null: not said, or no time. */
function waitWanted(error: unknown): number | null {
  const headers = error instanceof APIError ? (error.headers as Headers | undefined) : undefined;
  const inMs = headers?.get('retry-after-ms') ?? '';
  if (/^\d+$/.test(inMs)) return Number(inMs);
  const text = headers?.get('retry-after') ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return waitMs >= 0 ? waitMs : null;
}

/** Of the provider's account or its state, and so nothing that the caller could have asked better. */
const isUnavailable = (status: number) => [401, 403, 408, 429].includes(status) || status >= 500;
