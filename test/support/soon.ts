import type { Answered } from './client';
import { waitUntil } from './wait-until';

/**
 * The first answer that fits. A call that is answered otherwise must have been sent less than five seconds from now:
 * for so long may what has changed be unknown. When an answer arrives is up to the machine.
 */
export function soon<Body>(
  call: () => Promise<Answered<Body>>,
  fits: (answer: Answered<Body>) => boolean,
): Promise<Answered<Body>> {
  const changedAt = performance.now();
  return waitUntil(
    async () => {
      const sentAt = performance.now();
      const answer = await call();
      if (fits(answer)) return answer;
      expect(sentAt - changedAt).toBeLessThan(5_000);
      return null;
    },
    'an answer that fits',
    60_000,
  );
}
