import { setTimeout as pause } from 'node:timers/promises';

/** What `look` gives once it gives something true. @throws Error – not within a minute, which a slow machine may need, or as long as is said. */
export async function waitUntil<T>(
  look: () => Promise<T> | T,
  what: string,
  timeoutMs = 60_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  do {
    const found = await look();
    if (found) return found;
    await pause(25);
  } while (performance.now() < deadline);
  throw new Error(`Waited in vain: ${what}`);
}
