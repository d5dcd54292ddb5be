import { DomainError, validationFailed, type FieldError } from '../common/errors/domain-error';
import type { ModelInfo, Models } from '../llm/chat-model';
import { faultsInMessages, isObject, type RequestMessage } from './request-messages';

export type CompletionBody = Readonly<Record<string, unknown>>;

/** A call of chat completions, as far as we rely on it. */
export interface CompletionRequest {
  readonly model: ModelInfo;
  readonly messages: readonly RequestMessage[];
  /** Chunks, not one completion. */
  readonly stream: boolean;
  /** Whether the caller wants the token counts in its stream. */
  readonly includeUsage: boolean;
  /** Whether the exchange is kept. */
  readonly store: boolean;
  /** The most tokens that the answer may have; null: the caller has not said. */
  readonly maxTokens: number | null;
  /** For the provider. `store` is not in it: what is asked of us must not have the provider keep anything. */
  readonly body: CompletionBody;
}

/** What a member may be, where it is neither absent nor null. */
type Check = readonly [name: string, fits: (value: unknown) => boolean, message: string];

const isBoolean = (value: unknown) => typeof value === 'boolean';
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;

const CHECKS: readonly Check[] = [
  ['stream', isBoolean, 'must be true or false'],
  ['store', isBoolean, 'must be true or false'],
  ['stream_options', isObject, 'must be an object'],
  ['n', (value) => value === 1, 'must be 1: each choice is paid for'],
  ['max_tokens', isCount, 'must be a whole number from 1'],
  ['max_completion_tokens', isCount, 'must be a whole number from 1'],
];

/**
 * What is not relied on is not looked at, and reaches the provider as it is.
 *
 * @throws DomainError `validation_failed`, `unknown_model`
 */
export function toCompletionRequest(body: CompletionBody, models: Models): CompletionRequest {
  const faults = [
    ...faultsInModel(body),
    ...faultsInMessages(body.messages),
    ...CHECKS.flatMap(faultsIn(body)),
  ];
  if (faults.length > 0) throw validationFailed(faults);
  const model = models.find(body.model as string);
  if (!model) throw new DomainError('unknown_model', 'There is no such model. GET /v1/models lists them.');
  const { store, ...passedOn } = body;
  const stream = body.stream === true;
  return {
    model,
    messages: body.messages as readonly RequestMessage[],
    stream,
    includeUsage: stream && isObject(body.stream_options) && body.stream_options.include_usage === true,
    store: store === true,
    maxTokens: mostTokens(body),
    body: passedOn,
  };
}

/** Providers differ in which of the two names they heed. */
function mostTokens({ max_completion_tokens, max_tokens }: CompletionBody): number | null {
  const named = [max_completion_tokens, max_tokens].filter((most) => typeof most === 'number');
  return named.length > 0 ? Math.max(...named) : null;
}

const faultsIn =
  (body: CompletionBody) =>
  ([name, fits, message]: Check): FieldError[] => {
    const value = body[name] ?? null;
    return value === null || fits(value) ? [] : [{ path: `/${name}`, code: name, message }];
  };

const faultsInModel = ({ model }: CompletionBody): FieldError[] =>
  typeof model === 'string' ? [] : [{ path: '/model', code: 'model', message: 'must be the id of a model' }];
