import { APIConnectionError, APIConnectionTimeoutError, APIError, OpenAIError } from 'openai';
import { DomainError, type ProblemCode } from '../../common/errors/domain-error';

/** What went wrong with a call, in our words: the provider's can quote the conversation or a part of the key. */
export function toModelError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  // The SDK calls all of its errors `Error`, whose messages the log takes for ours.
  if (error instanceof OpenAIError) error.name = error.constructor.name;
  return new DomainError(...meaning(error), { cause: error });
}

function meaning(error: unknown): [ProblemCode, string] {
  if (error instanceof APIConnectionTimeoutError)
    return ['model_timeout', 'The model was not reached in time.'];
  if (error instanceof APIConnectionError) return ['model_unavailable', 'The model could not be reached.'];
  const status: unknown = error instanceof APIError ? error.status : undefined;
  if (typeof status !== 'number') return ['model_failed', 'The model broke off its answer.'];
  return isUnavailable(status)
    ? ['model_unavailable', 'The model does not take requests at the moment.']
    : ['model_failed', 'The model refused the request.'];
}

/** Of the provider's account or its state, and so nothing that the caller could have asked better. */
const isUnavailable = (status: number) => [401, 403, 408, 429].includes(status) || status >= 500;
