/** Does one piece of work again and again, never twice at a time. */
export class Repeater {
  private timer?: NodeJS.Timeout;
  private stopped = false;
  private underWay: Promise<void> = Promise.resolve();

  /** `work` never throws. `nextAfterMs` counts from the beginning of the last one, and is asked anew each time. */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly nextAfterMs: () => number,
  ) {}

  start(firstAfterMs: number): void {
    this.schedule(firstAfterMs);
  }

  /** Resolves when the work under way is done: what it uses may then be closed. */
  stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    return this.underWay;
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      const next = performance.now() + this.nextAfterMs();
      this.underWay = this.work().finally(() => this.schedule(Math.max(0, next - performance.now())));
    }, delayMs);
  }
}
