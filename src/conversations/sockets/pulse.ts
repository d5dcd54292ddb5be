/** How often a socket is looked at, and pinged. */
export const BEAT_MS = 15_000;
/** Two pings without any sign of life: 30 s. */
const MOST_UNANSWERED = 2;
const STALLED_MS = 60_000;

/** What a socket has to send. */
export interface Outbox {
  /** Bytes that the peer has not taken. */
  readonly waiting: number;
  /** Changes with every byte that it takes. */
  readonly taken: number;
}

/** Tells sockets whose peer is still there from those whose peer has gone without a word. */
export class Pulse {
  private unanswered = 0;
  private taken = -1;
  private stalledSinceMs: number | null = null;

  /** The peer has said something. */
  heard(): void {
    this.unanswered = 0;
  }

  /**
   * Once every `BEAT_MS`, before a ping. False: the peer is gone. While bytes wait, no pong can be asked for, since the ping stands
   * behind them; then a peer lives that takes some.
   */
  beat(nowMs: number, { waiting, taken }: Outbox): boolean {
    if (waiting === 0) {
      this.stalledSinceMs = null;
      return this.unanswered++ < MOST_UNANSWERED;
    }
    this.unanswered = 0;
    if (taken !== this.taken) this.stalledSinceMs = null;
    this.taken = taken;
    this.stalledSinceMs ??= nowMs;
    return nowMs - this.stalledSinceMs < STALLED_MS;
  }
}
