import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DomainError } from '../common/errors/domain-error';
import { within } from '../common/within';

/** How long a drain waits for the last ends to be stored. */
const END_MS = 5_000;

interface RunningCall {
  /** Ends the call at the provider. */
  readonly signal: AbortSignal;
  /** To be called when all is done. */
  readonly over: () => void;
}

/** The calls of providers that this process hands on: a shutdown waits for them, and breaks off what takes too long. */
@Injectable()
export class RunningCalls implements OnModuleDestroy {
  private readonly running = new Set<Promise<unknown>>();
  private readonly stops = new Set<AbortController>();
  private draining = false;
  private hasStopped = false;

  /** No call may begin any more. */
  get isDraining(): boolean {
    return this.draining;
  }

  onModuleDestroy(): Promise<void> {
    return this.drain(0);
  }

  /** A call of its own signal each: a signal that outlives them would collect their listeners. */
  add(): RunningCall {
    const stop = new AbortController();
    this.stops.add(stop);
    if (this.hasStopped) stop.abort(interrupted());
    let end: () => void = () => undefined;
    this.waitFor(new Promise<void>((resolve) => (end = resolve)));
    const over = () => {
      this.stops.delete(stop);
      end();
    };
    return { signal: stop.signal, over };
  }

  /** What else is to be done before the process ends. It must not reject. */
  waitFor(work: Promise<unknown>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  /** Lets calls end within `timeoutMs`, and breaks off what is left. None is to begin from now on. */
  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    await this.allEnded(timeoutMs);
    this.hasStopped = true;
    for (const stop of this.stops) stop.abort(interrupted());
    await this.allEnded(END_MS);
  }

  private async allEnded(timeoutMs: number): Promise<void> {
    if (this.running.size > 0) await within(timeoutMs, Promise.all(this.running));
  }
}

const interrupted = () =>
  new DomainError('interrupted', 'The server stopped while this answer was being written.');
