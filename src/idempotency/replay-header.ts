import type { Response } from 'express';

/** Tells the caller that this is the outcome of an earlier request of the same key; also where that outcome is a problem. */
export function markReplay(response: Response, { replayed }: { readonly replayed: boolean }): void {
  if (replayed) response.setHeader('Idempotency-Replayed', 'true');
}
