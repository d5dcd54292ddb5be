import { Registry } from 'prom-client';
import { loadConfig } from '../../src/config/config';
import type { ChatModel } from '../../src/llm/chat-model';
import { ConfiguredModels } from '../../src/llm/configured-models';
import { ModelCallError } from '../../src/llm/model-call-error';
import { ModelMetrics } from '../../src/llm/model-metrics';
import { Breakers } from '../../src/llm/resilience/breakers';
import { Slots } from '../../src/llm/resilience/slots';
import { RoutedChatModel } from '../../src/llm/routed-chat-model';
import { FakeChatModel } from '../fakes/fake-chat-model';
import { collectUntilError } from './chat-events';

/** Plays one model at the first call, the next one at the second, and the last one from then on. */
export class ModelsInTurn extends FakeChatModel {
  private readonly inTurn: FakeChatModel[];

  constructor(...models: FakeChatModel[]) {
    super();
    this.inTurn = models;
  }

  override stream: FakeChatModel['stream'] = (request, signal) =>
    this.nextFor(request).stream(request, signal);

  private nextFor(request: { readonly model: string }): FakeChatModel {
    this.models.push(request.model);
    return this.inTurn.length > 1 ? this.inTurn.shift()! : this.inTurn[0]!;
  }

  /** Which were asked for, oldest first. */
  readonly models: string[] = [];
}

/** The router in front of fakes: every model is of one provider, unless its name says another one. */
export function routed(
  fakes: Readonly<Record<string, ChatModel>>,
  environment: Readonly<Record<string, string>> = {},
) {
  const { llm } = loadConfig({
    JWT_SECRET: 'x'.repeat(32),
    LLM_BASE_URL: 'http://127.0.0.1/v1',
    LLM_MODELS: 'any',
    ...environment,
  });
  const breakers = new Breakers(llm.breakerResetMs);
  const models = new ConfiguredModels(llm, (provider) => breakers.isClosed(provider));
  const slots = new Slots(llm.maxCalls, llm.maxQueuedCalls);
  const metrics = new ModelMetrics(new Registry(), { models, breakers, slots });
  const means = { breakers, slots, metrics };
  return { models, model: new RoutedChatModel(models, new Map(Object.entries(fakes)), means, llm) };
}

export const refused = () => new ModelCallError('model_failed', 'The model refused the request.');
export const away = (retryAfterMs: number | null = null) =>
  new ModelCallError('model_unavailable', 'The model is away.', { retryable: true, retryAfterMs });
export const locked = () => new ModelCallError('model_unavailable', 'The key is wrong.');

/** What these models are asked. */
export const request = { model: 'custom/any', turns: [{ role: 'user', content: 'Hi?' }] } as const;
export const failing = (error: Error) => new FakeChatModel(error);
export const hi = () => new FakeChatModel('Hi');

/** Time stands still but for `pass`, and no test leaves a timer behind. */
export function useTimers(): void {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
}

export const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
export const running = () => new AbortController().signal;
export const read = ({ model }: ReturnType<typeof routed>, signal = running()) =>
  collectUntilError(model.stream(request, signal));
