import { DomainError } from '../common/errors/domain-error';
import type { LlmConfig } from '../config/llm-config';
import {
  ChatModel,
  type ChatEvent,
  type ChatRequest,
  type ModelInfo,
  type Models,
  type PassedChunk,
  type PassThroughRequest,
} from './chat-model';
import { isOutage, type Breakers } from './resilience/breakers';
import { OpeningCall, type OpenedCall } from './resilience/opening-call';
import { tooManyCalls, type Slots } from './resilience/slots';
import { beginCall } from './resilience/tries';
import { ModelCallError } from './model-call-error';
import type { ModelMetrics } from './model-metrics';
import { withTimeLimits, type TimeLimits } from './time-limits';

type Settings = Pick<LlmConfig, 'firstTokenTimeoutMs' | 'idleTimeoutMs' | 'totalTimeoutMs' | 'fallbacks'>;

/** What all calls share. */
interface Means {
  readonly breakers: Breakers;
  readonly slots: Slots;
  readonly metrics: ModelMetrics;
}

/** Starts the call of one of the models that may answer. */
type CallModel<Event> = (provider: ChatModel, model: ModelInfo, signal: AbortSignal) => AsyncIterable<Event>;

/**
 * Sends every request to the provider of its model, and holds all of them to the same policy (ADR 0014): a slot, time limits, tries, and
 * other models that stand in, all of that up to the first sign of life; then it only hands on.
 */
export class RoutedChatModel extends ChatModel {
  constructor(
    private readonly models: Models,
    private readonly providers: ReadonlyMap<string, ChatModel>,
    private readonly means: Means,
    private readonly settings: Settings,
  ) {
    super();
  }

  get hasRoom(): boolean {
    return this.means.slots.hasRoom;
  }

  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent> {
    const answering = (model: string) => [{ type: 'answering', model } as const];
    return this.call<ChatEvent>(
      request.model,
      signal,
      (provider, model, end) => provider.stream(requestTo(model, request), end),
      answering,
    );
  }

  passThrough(request: PassThroughRequest, signal: AbortSignal): AsyncIterable<PassedChunk> {
    const { totalTimeoutMs } = this.settings;
    // What is not streamed comes all at once, and may take as long as all of it.
    const limits =
      request.body.stream === true
        ? this.settings
        : { ...this.settings, firstTokenTimeoutMs: totalTimeoutMs };
    return this.call<PassedChunk>(
      request.model,
      signal,
      (provider, { id }, end) => {
        request.onSent?.();
        return provider.passThrough({ ...request, model: id }, end);
      },
      () => [], // each chunk says it
      limits,
    );
  }

  private call<Event>(
    asked: string,
    signal: AbortSignal,
    start: CallModel<Event>,
    answering: (model: string) => readonly Event[],
    limits: TimeLimits = this.settings,
  ): AsyncIterable<Event> {
    const begin = (end: AbortSignal) => {
      let release = () => {};
      const open = async () => {
        const until = performance.now() + limits.firstTokenTimeoutMs;
        release = await this.means.slots.take(end);
        if (end.aborted) release(); // its reader has left since
        // With too little time left, the silence would be ours, and a breaker would take it for the provider's.
        if (until - performance.now() < limits.firstTokenTimeoutMs / 2) throw tooManyCalls();
        return this.firstThatAnswers(asked, until, end, start, answering);
      };
      return new OpeningCall(open, () => release());
    };
    return withTimeLimits(begin, limits, signal);
  }

  /** @throws DomainError what the model that was asked failed with, where those that stand in for it fail as well. */
  private async firstThatAnswers<Event>(
    asked: string,
    until: number,
    signal: AbortSignal,
    start: CallModel<Event>,
    answering: (model: string) => readonly Event[],
  ): Promise<OpenedCall<Event>> {
    const { breakers, metrics } = this.means;
    const chain = [this.infoOf(asked), ...this.standInsFor(asked)];
    let failure: unknown;
    for (const [n, model] of chain.entries()) {
      // An even share each: a model that is silent leaves time for those that stand in for it.
      const startedAt = performance.now();
      const mostMs = (until - startedAt) / (chain.length - n);
      try {
        const { provider } = model;
        const call = (end: AbortSignal) => start(this.providers.get(provider)!, model, end);
        const begun = await beginCall(call, { breakers, provider, mostMs }, signal);
        metrics.answered(model.id, startedAt);
        return { ...begun, before: n === 0 ? [] : answering(model.id) };
      } catch (error) {
        signal.throwIfAborted();
        metrics.failed(model.id, error);
        failure ??= error;
        if (n === 0 && !isWorthAnother(error)) throw error;
      }
    }
    throw failure;
  }

  private infoOf(id: string): ModelInfo {
    const model = this.models.find(id);
    if (!model || !this.providers.has(model.provider))
      throw new DomainError('unknown_model', 'There is no such model.');
    return model;
  }

  private standInsFor(id: string): ModelInfo[] {
    return (this.settings.fallbacks[id] ?? []).map((standIn) => this.infoOf(standIn));
  }
}

/** As that model can take it: one that stands in may have smaller answers, or none of a known size. */
function requestTo({ id, sized, maxOutputTokens }: ModelInfo, request: ChatRequest): ChatRequest {
  if (id === request.model) return request;
  const maxTokens = sized ? Math.min(request.maxTokens ?? maxOutputTokens, maxOutputTokens) : null;
  return { ...request, model: id, maxTokens };
}

/** Another model may do better; not so where the request itself is refused. */
const isWorthAnother = (error: unknown): boolean =>
  isOutage(error) || (error instanceof ModelCallError && error.retryable);
