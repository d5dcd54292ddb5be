import type { Request } from 'express';

/** Knows requests that have been done before, and so cost nothing to do again. */
export abstract class Replays {
  /** Whether this account has made something under the key that the request carries. */
  abstract isReplay(userId: string, request: Request): Promise<boolean>;
}
