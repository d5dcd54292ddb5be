import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** Longer than a line of the lists that are passed around: 40 digits, a colon, a count, a line end. */
const LINE_BYTES = 64;
const DIGITS = 40;

/**
 * Whether a password is in a file of SHA-1 hashes, one a line in upper-case hexadecimal and in order, as Have I Been Pwned gives
 * them out; what follows the digits does not matter. Read by halving: some thirty reads, whatever the file's size.
 */
export async function isInBreachList(path: string, password: string): Promise<boolean> {
  const wanted = createHash('sha1').update(password).digest('hex').toUpperCase();
  const file = await open(path, 'r');
  try {
    let [low, high] = [0, (await file.stat()).size]; // the line wanted begins in [low, high), if it is there
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const line = await lineFrom(file, middle);
      if (line === null || line.start >= high) high = middle;
      else if (line.digits === wanted) return true;
      else if (line.digits < wanted) low = line.start + 1;
      else high = middle;
    }
    return false;
  } finally {
    await file.close();
  }
}

/** The first line that begins at `offset` or after it. Null: there is none. */
async function lineFrom(file: FileHandle, offset: number): Promise<{ start: number; digits: string } | null> {
  const from = Math.max(0, offset - 1); // a line begins after the end of another, or of nothing
  const { buffer, bytesRead } = await file.read(Buffer.alloc(3 * LINE_BYTES), 0, 3 * LINE_BYTES, from);
  const text = buffer.toString('latin1', 0, bytesRead);
  const start = offset === 0 ? 0 : text.indexOf('\n') + 1;
  const digits = text.slice(start, start + DIGITS).toUpperCase();
  return (offset > 0 && start === 0) || digits.length < DIGITS ? null : { start: from + start, digits };
}
