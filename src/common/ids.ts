import { randomUUID } from 'node:crypto';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const COUNTER_END = 0x1000; // 12 bits

let lastMs = 0;
let counter = 0;

/**
 * A UUIDv7 (RFC 9562, section 6.2, method 1): milliseconds, a counter that only grows in this process, 62 random bits.
 * So ids made here sort in the order of their making.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else if (++counter === COUNTER_END) {
    lastMs += 1; // 4,096 in one millisecond, or a clock set back: run ahead of it rather than fall out of order
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const sequence = counter.toString(16).padStart(3, '0');
  const tail = randomUUID().slice(19); // the variant and 62 random bits, which Node draws in advance for many
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${tail}`;
}

export const isId = (text: string): boolean => UUID.test(text);
