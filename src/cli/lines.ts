import { DomainError } from '../common/errors/domain-error';

const LINE_FEED = 0x0a;
/** More than the longest reply can take (REPLY_MAX_CHARS): what has no line feeds must not fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Lines of UTF-8 without their line feeds. `node:readline` would end one at U+2028 too, which JSON leaves as it is.
 * @throws DomainError `validation_failed` – one is no UTF-8, or too long.
 */
export async function* readLines(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let line = 0;
  let pieces: Buffer[] = [];
  let bytes = 0;
  const finish = (piece: Buffer) => {
    const whole = Buffer.concat([...pieces, piece]);
    [pieces, bytes] = [[], 0];
    return decode(whole, (line += 1));
  };
  for await (const chunk of source) {
    let from = 0;
    for (let to = chunk.indexOf(LINE_FEED); to >= 0; to = chunk.indexOf(LINE_FEED, from)) {
      yield finish(chunk.subarray(from, to));
      from = to + 1;
    }
    pieces.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > MOST_BYTES) throw new DomainError('validation_failed', `Line ${line + 1}: it is too long.`);
  }
  if (bytes > 0) yield finish(Buffer.alloc(0));
}

function decode(line: Buffer, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line);
  } catch {
    throw new DomainError('validation_failed', `Line ${number}: it is no UTF-8.`);
  }
}
