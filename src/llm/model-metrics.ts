import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { DomainError } from '../common/errors/domain-error';
import type { Models } from './chat-model';
import type { Breakers } from './resilience/breakers';
import type { Slots } from './resilience/slots';

/** Seconds. */
const BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30];

/** What providers are asked, and how they are. Calls are counted once each, whatever was tried. */
export class ModelMetrics {
  private readonly calls: Counter<'model' | 'result'>;
  private readonly firstTokens: Histogram<'model'>;

  constructor(registry: Registry, parts: { models: Models; breakers: Breakers; slots: Slots }) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'parley_model_calls_total',
      help: 'Calls of models; result is answered, or the code that they failed with before their first token',
      labelNames: ['model', 'result'],
      registers,
    });
    this.firstTokens = new Histogram({
      name: 'parley_model_first_token_seconds',
      help: 'From the call of a model to its first sign of life, with whatever was tried before',
      labelNames: ['model'],
      buckets: BUCKETS,
      registers,
    });
    showProviders(registry, parts);
  }

  /** @param startedAt as of `performance.now()` */
  answered(model: string, startedAt: number): void {
    this.calls.inc({ model, result: 'answered' });
    this.firstTokens.observe({ model }, (performance.now() - startedAt) / 1000);
  }

  failed(model: string, error: unknown): void {
    this.calls.inc({ model, result: error instanceof DomainError ? error.code : 'internal' });
  }
}

function showProviders(
  registry: Registry,
  { models, breakers, slots }: { models: Models; breakers: Breakers; slots: Slots },
): void {
  const registers = [registry];
  new Gauge({
    name: 'parley_breaker_open',
    help: '1 while calls are kept from a provider that is out of order, else 0',
    labelNames: ['provider'],
    registers,
    collect() {
      for (const { provider } of models.list()) this.set({ provider }, breakers.isClosed(provider) ? 0 : 1);
    },
  });
  new Gauge({
    name: 'parley_model_slots',
    help: 'Calls of models that run, and that wait for others to end (LLM_MAX_CALLS, LLM_MAX_QUEUED_CALLS)',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'running' }, slots.taken);
      this.set({ state: 'waiting' }, slots.queued);
    },
  });
}
