import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { DomainError } from '../../common/errors/domain-error';
import { ModelCallError } from '../model-call-error';

/** Calls in a row that end before their first token, whatever was tried. */
const MOST_FAILURES = 5;

/** A call that its caller has given up: it says nothing of the provider. */
export class CallerGone extends Error {}

/** Keeps calls from providers that are out of order: one breaker each, told by real calls alone. */
export class Breakers {
  private readonly byProvider = new Map<string, CircuitBreakerPolicy>();

  /** @param resetMs how long an open breaker waits before it lets one call through, to see. */
  constructor(private readonly resetMs: number) {}

  /** False while it is open, or one call is out to see whether it need be. */
  isClosed(provider: string): boolean {
    return (this.byProvider.get(provider)?.state ?? CircuitState.Closed) === CircuitState.Closed;
  }

  /**
   * Runs one call up to its first token.
   *
   * @throws DomainError `model_unavailable` – at once, without a try: the breaker is open.
   * @throws whatever the call throws. Outages count against the provider, a request that is refused and a caller that leaves do not.
   */
  async run<T>(provider: string, begin: () => Promise<T>): Promise<T> {
    const breaker = this.of(provider);
    // Whoever comes while one is out to see does not wait for it: that can take as long as a provider may be silent.
    if (breaker.state === CircuitState.HalfOpen) throw outOfOrder();
    try {
      return await breaker.execute(begin);
    } catch (error) {
      throw isBrokenCircuitError(error) ? outOfOrder() : error;
    }
  }

  private of(provider: string): CircuitBreakerPolicy {
    const known = this.byProvider.get(provider);
    if (known) return known;
    // The one that is out to see and is given up has seen nothing: the breaker stays open.
    const isFailure = handleWhen(
      (error) => isOutage(error) || (error instanceof CallerGone && !this.isClosed(provider)),
    );
    const breaker = circuitBreaker(isFailure, {
      halfOpenAfter: this.resetMs,
      breaker: new ConsecutiveBreaker(MOST_FAILURES),
    });
    this.byProvider.set(provider, breaker);
    return breaker;
  }
}

const OUTAGES: readonly string[] = ['model_unavailable', 'model_timeout'] satisfies DomainError['code'][];

export const isOutage = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && OUTAGES.includes(error.code as string);

const outOfOrder = () =>
  new ModelCallError('model_unavailable', "The model's provider is out of order at the moment.");
