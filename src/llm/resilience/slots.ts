import { DomainError } from '../../common/errors/domain-error';

/** A whole second is enough: places become free all the time. */
const RETRY_AFTER_SECONDS = 1;

/**
 * So many calls at a time, and so many more that wait for their turn, in the order that they came. Not cockatiel's bulkhead: in its
 * queue the place of a caller that has left stays taken.
 */
export class Slots {
  private readonly waiting = new Set<() => void>();
  private free: number;

  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
  ) {
    this.free = most;
  }

  get taken(): number {
    return this.most - this.free;
  }

  get queued(): number {
    return this.waiting.size;
  }

  /** Whether one more would get a slot or a place in the queue. */
  get hasRoom(): boolean {
    return this.free > 0 || this.waiting.size < this.mostWaiting;
  }

  /**
   * Waits for a slot. The result gives it back, once.
   *
   * @throws DomainError `model_unavailable` – with `Retry-After`: the queue is full, too. When `signal` aborts, its reason.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else await this.turn(signal);
    let held = true;
    return () => {
      if (held) this.giveBack();
      held = false;
    };
  }

  private turn(signal: AbortSignal): Promise<void> {
    if (!this.hasRoom) throw tooManyCalls();
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.waiting.delete(begin);
        reject(signal.reason as Error);
      };
      this.waiting.add(begin);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private giveBack(): void {
    const [next] = this.waiting;
    if (!next) {
      this.free += 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}

export const tooManyCalls = () =>
  new DomainError('model_unavailable', 'Too many replies are being written here. Try again shortly.', {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });
