import { readEvents } from './event-stream';
import { Problem } from './problem';
import type { ReplyEvent } from './types';

/** How far a reply has been read: from `after` on, in UTF-16 units, its text is still unknown. */
export interface Place {
  readonly replyId: string;
  readonly after: number;
}

export interface Following {
  /** Asks for the reply (null: it is not known which one it becomes), or for what follows a place. @throws Problem */
  readonly connect: (place: Place | null, signal: AbortSignal) => Promise<Response>;
  /** Waits so long, or until another try makes sense; throws when the signal is aborted. */
  readonly pause: (waitMs: number, signal: AbortSignal) => Promise<void>;
  /** The connection was lost, or could not be made; another one is tried after a while. */
  readonly onTrouble?: (error: unknown) => void;
  readonly signal: AbortSignal;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;

/**
 * The events of one reply, over as many connections as it takes, its last event at the end. No text comes twice, and none is left out.
 * @throws Problem – another try would not help, such as `not_found`.
 */
export async function* followReply(
  { connect, pause, onTrouble, signal }: Following,
  from: Place | null,
): AsyncGenerator<ReplyEvent> {
  let place = from;
  for (let failures = 0; ; failures++) {
    let waitMs: number | undefined;
    try {
      for await (const event of readEvents(await connect(place, signal))) {
        if (event.type === 'reconnect') {
          waitMs = event.retryAfterMs;
          break;
        }
        failures = 0;
        place = placeAfter(event, place);
        yield event;
        if (isLast(event)) return;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Problem && !isWorthATry(error, place)) throw error;
      if (error instanceof Problem) waitMs = error.more.retryAfterMs;
      onTrouble?.(error);
    }
    await pause(waitMs ?? waitAfter(failures), signal);
  }
}

export const isLast = ({ type }: ReplyEvent): boolean =>
  type === 'message.completed' || type === 'message.failed' || type === 'message.cancelled';

/** Whoever asks too often had better know; whoever reads can wait. */
const isWorthATry = ({ passes, status }: Problem, place: Place | null): boolean =>
  passes && (place !== null || status !== 429);

function placeAfter(event: ReplyEvent, place: Place | null): Place | null {
  if (event.type === 'message.created') return { replyId: event.reply.id, after: 0 };
  return place && event.id !== null ? { ...place, after: event.id } : place;
}

/** Longer each time, and not the same for all who lost the same server. */
const waitAfter = (failures: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
