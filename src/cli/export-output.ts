import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from './outcome';

/**
 * Writes to standard output, or to a new file, which is there once it is whole, for its owner alone. A slow reader is waited for.
 * @throws UsageError – the file is there already.
 */
export function writeOut(lines: AsyncIterable<string>, file: string | undefined): Promise<void> {
  const readable = Readable.from(lines, { highWaterMark: 1 });
  return file === undefined ? toStandardOutput(readable) : toNewFile(readable, file);
}

async function toStandardOutput(lines: Readable): Promise<void> {
  let isLeft = false;
  process.stdout.once('error', () => (isLeft = true));
  await pipeline(lines, process.stdout, { end: false }).catch((cause: unknown) => {
    // Its own code would read like that of a lost database.
    throw isLeft ? new Error('Nobody reads standard output any more.', { cause }) : cause;
  });
}

async function toNewFile(lines: Readable, file: string): Promise<void> {
  if (existsSync(file)) throw new UsageError(`${file} is there already: an export makes a new file.`);
  const draft = `${file}.${process.pid}.part`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await pipeline(lines, handle.createWriteStream({ flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
