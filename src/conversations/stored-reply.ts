import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type MessageInTree } from './message.entity';
import { textAfter, type ReplyPiece } from './replies/reply.buffer';

const LOOK_AGAIN_MS = 250;

/**
 * A reply that this process is not writing, from `after` (UTF-16 units) to its end, out of the database. Where it is still
 * running, its writer is another process, or has died and will be swept.
 */
export async function* readStored(
  look: () => Promise<MessageInTree | null>,
  after: number,
  gone: AbortSignal,
): AsyncGenerator<ReplyPiece, void> {
  let offset = after;
  while (!gone.aborted) {
    const message = await look();
    const delta = message && textAfter(message.content, offset);
    if (delta) yield { type: 'text', offset: (offset = message.content.length), delta };
    if (!message || hasEnded(message)) {
      yield message ? { type: 'ended', message } : { type: 'deleted' };
      return;
    }
    await sleep(LOOK_AGAIN_MS, undefined, { signal: gone }).catch(() => undefined);
  }
}
