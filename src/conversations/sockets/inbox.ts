import type { WebSocket } from 'ws';
import type { RawFrame } from './frame';

/** So many frames are read ahead; then the sender has to wait. */
const MOST_AHEAD = 32;

/** The frames of one socket, taken one after the other. A sender that is faster than we are is not read for a while. */
export class Inbox {
  private length = 0;
  private last: Promise<void> = Promise.resolve();

  /**
   * @param take never throws.
   * @param taken is called after each of them.
   */
  constructor(
    private readonly socket: Pick<WebSocket, 'pause' | 'resume' | 'isPaused'>,
    private readonly take: (frame: RawFrame) => Promise<void>,
    private readonly taken: () => void,
  ) {}

  get isPaused(): boolean {
    return this.socket.isPaused;
  }

  /** Nothing is waiting, and nothing is being taken. */
  get isEmpty(): boolean {
    return this.length === 0;
  }

  put(frame: RawFrame): void {
    if (++this.length >= MOST_AHEAD) this.socket.pause();
    this.last = this.last.then(() => this.next(frame));
  }

  private async next(frame: RawFrame): Promise<void> {
    await this.take(frame);
    this.length -= 1;
    if (this.isPaused && this.length < MOST_AHEAD / 2) this.socket.resume();
    this.taken();
  }
}
