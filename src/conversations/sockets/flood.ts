const SECOND_MS = 1_000;
/** Many times what anybody types or any program has to ask; what is refused costs us a turn as well. */
const MOST_A_SECOND = 500;

/** Counts the frames of one socket, free ones included, for the sake of all others. */
export class Flood {
  private count = 0;
  private since = 0;

  /** Counts one frame. True: it is one too many. @param nowMs `performance.now()` */
  isOver(nowMs: number): boolean {
    if (nowMs - this.since >= SECOND_MS) [this.count, this.since] = [0, nowMs];
    return ++this.count > MOST_A_SECOND;
  }
}
