import { setTimeout as pause } from 'node:timers/promises';

/** What `look` gives once it gives something true. @throws Error – not within ten seconds. */
export async function waitUntil<T>(look: () => Promise<T> | T, what: string): Promise<NonNullable<T>> {
  for (let tries = 0; tries < 400; tries++) {
    const found = await look();
    if (found) return found;
    await pause(25);
  }
  throw new Error(`Waited in vain: ${what}`);
}
