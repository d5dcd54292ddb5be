import { ExponentialBackoff } from 'cockatiel';
import { ModelCallError } from '../model-call-error';
import { abortAfter, puller } from '../time-limits';
import { CallerGone, isOutage, type Breakers } from './breakers';

/** After the first try. */
const MOST_RETRIES = 2;
const FIRST_WAIT_MS = 250;

/** A call that has given its first sign of life. */
export interface BegunCall<Event> {
  readonly first: Event;
  readonly events: AsyncIterator<Event, undefined>;
}

/** Starts one call; the signal ends it. */
export type StartCall<Event> = (signal: AbortSignal) => AsyncIterable<Event>;

/**
 * Begins a call of one provider, again where that may help, and only before its first event. The provider's breaker sees all tries as
 * one; where it is the one that looks whether the provider is back, there is one try.
 *
 * @param mostMs for all tries together, the waits between them included
 * @throws DomainError `model_timeout` – no event within `mostMs`; or what the last try failed with. When `signal` aborts, its reason.
 */
export async function beginCall<Event>(
  start: StartCall<Event>,
  { breakers, provider, mostMs }: { breakers: Breakers; provider: string; mostMs: number },
  signal: AbortSignal,
): Promise<BegunCall<Event>> {
  const until = performance.now() + mostMs;
  const mostRetries = breakers.isClosed(provider) ? MOST_RETRIES : 0;
  try {
    return await breakers.run(provider, () => tryUntil(start, until, mostRetries, signal));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

async function tryUntil<Event>(
  start: StartCall<Event>,
  until: number,
  mostRetries: number,
  signal: AbortSignal,
): Promise<BegunCall<Event>> {
  let backoff = BACKOFF.next();
  for (let retries = 0; ; retries++) {
    try {
      return await firstEvent(start, until - performance.now(), signal);
    } catch (error) {
      const waitMs = Math.max(backoff.duration, waitWanted(error));
      const isLast = retries === mostRetries || performance.now() + waitMs >= until;
      if (isLast || !isRetryable(error)) throw error;
      await pause(waitMs, signal);
      backoff = backoff.next(undefined);
    }
  }
}

/** With jitter, so that calls that failed together don't come back together. */
const BACKOFF = new ExponentialBackoff({ initialDelay: FIRST_WAIT_MS });

const isRetryable = (error: unknown): boolean => error instanceof ModelCallError && error.retryable;
const waitWanted = (error: unknown): number =>
  error instanceof ModelCallError ? (error.retryAfterMs ?? 0) : 0;

/** One try. What it leaves behind when it fails is ended, not waited for. */
async function firstEvent<Event>(
  start: StartCall<Event>,
  mostMs: number,
  signal: AbortSignal,
): Promise<BegunCall<Event>> {
  if (signal.aborted) throw new CallerGone();
  const attempt = new AbortController();
  // The caller's own limits tell of the provider; that it has left does not.
  const stop = () => attempt.abort(isOutage(signal.reason) ? signal.reason : new CallerGone());
  signal.addEventListener('abort', stop, { once: true }); // it ends with the call, and so does this
  const late = abortAfter(mostMs, attempt, 'The model did not begin to answer in time.');
  let events: AsyncIterator<Event, undefined> | undefined;
  try {
    events = start(attempt.signal)[Symbol.asyncIterator]();
    const { done, value } = await puller(events, attempt.signal)();
    if (done) throw new ModelCallError('model_failed', 'The model gave no answer.', { retryable: true });
    return { first: value, events };
  } catch (error) {
    signal.removeEventListener('abort', stop);
    attempt.abort(error);
    events?.return?.().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/** Cockatiel's `retry` would sleep on for a caller that has gone. @throws CallerGone */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(new CallerGone());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}
