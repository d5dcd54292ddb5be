import { DomainError } from '../common/errors/domain-error';
import type { LlmConfig } from '../config/llm-config';

export type TimeLimits = Pick<LlmConfig, 'firstTokenTimeoutMs' | 'idleTimeoutMs' | 'totalTimeoutMs'>;

/** Made once: without a reason each `abort` makes an error of its own, with a stack. */
const OVER = new Error('The call is over.');

/** Starts one call; the signal ends it. */
type StartCall<Event> = (signal: AbortSignal) => AsyncIterable<Event>;

/**
 * The events of a call that has to keep to its limits. The time that the reader takes between two events counts
 * towards the total only. However the sequence ends, the call is ended with it, even one that ignores its signal.
 * `signal` ends it too; the sequence then throws the signal's reason.
 *
 * @throws DomainError `model_timeout` – too long without a first or a further sign of life, or in all.
 */
export async function* withTimeLimits<Event>(
  start: StartCall<Event>,
  limits: TimeLimits,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  signal.throwIfAborted();
  const call = new AbortController();
  const stop = () => call.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const total = abortAfter(limits.totalTimeoutMs, call, 'The model took too long to finish its answer.');
  const silence = new Silence(limits, call);
  let events: AsyncIterator<Event, undefined> | undefined;
  try {
    events = start(call.signal)[Symbol.asyncIterator]();
    const pull = puller(events, call.signal);
    while (true) {
      const { done, value } = await pull();
      silence.end();
      if (done) return;
      yield value;
      if (isFinish(value)) return;
      silence.begin();
    }
  } finally {
    clearTimeout(total);
    silence.clear();
    signal.removeEventListener('abort', stop);
    call.abort(OVER);
    // Not awaited: a generator that ignores its signal returns only when its own wait is over, which may be never.
    events?.return?.().catch(() => undefined);
  }
}

/** How long a model says nothing while somebody listens. One timer for all its silences: one each costs as much as all the rest. */
class Silence {
  private readonly first: NodeJS.Timeout;
  private later: NodeJS.Timeout | null = null;
  private isSilent = true;

  constructor(
    private readonly limits: TimeLimits,
    private readonly call: AbortController,
  ) {
    this.first = abortAfter(limits.firstTokenTimeoutMs, call, 'The model did not begin to answer in time.');
  }

  begin(): void {
    this.isSilent = true;
    if (this.later) this.later.refresh();
    else this.later = this.abortWhenLong();
  }

  end(): void {
    this.isSilent = false;
    clearTimeout(this.first);
  }

  clear(): void {
    clearTimeout(this.first);
    if (this.later) clearTimeout(this.later);
  }

  private abortWhenLong(): NodeJS.Timeout {
    const message = 'The model stopped in the middle of its answer.';
    return abortAfter(this.limits.idleTimeoutMs, this.call, message, () => this.isSilent);
  }
}

/** What a caller of a model passes through has none: it ends by itself. */
const isFinish = (event: unknown): boolean => (event as { type?: unknown }).type === 'finish';

/** The longest that a timer takes; anything longer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** @param applies whether it still does, when the time is over */
export function abortAfter(
  timeoutMs: number,
  call: AbortController,
  message: string,
  applies: () => boolean = () => true,
): NodeJS.Timeout {
  const abort = () => {
    if (applies()) call.abort(new DomainError('model_timeout', message));
  };
  return setTimeout(abort, Math.min(timeoutMs, LONGEST_TIMER_MS));
}

/**
 * Pulls one event at a time and gives up as soon as `signal` aborts, whatever the source does. One listener for
 * all pulls: racing each of them against one promise of the abort would keep them all in memory until the end.
 */
export function puller<Event>(events: AsyncIterator<Event, undefined>, signal: AbortSignal) {
  let giveUp: (reason: unknown) => void = () => undefined;
  signal.addEventListener('abort', () => giveUp(signal.reason), { once: true });
  return () =>
    new Promise<IteratorResult<Event, undefined>>((resolve, reject) => {
      signal.throwIfAborted();
      giveUp = reject;
      events.next().then(resolve, reject);
    });
}
