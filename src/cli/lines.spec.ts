import { Readable } from 'node:stream';
import { readLines } from './lines';

const allOf = (items: AsyncIterable<unknown>): Promise<unknown[]> => Readable.from(items).toArray();

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) {
    await Promise.resolve();
    yield bytes.subarray(from, from + size);
  }
}

const linesOf = (text: string | Buffer, size = 3) => allOf(readLines(inPieces(Buffer.from(text), size)));

describe('readLines', () => {
  it.each([1, 2, 3, 7, 100])('gives the same lines from pieces of %i bytes', async (size) => {
    await expect(linesOf('Tromsø\n\nis 🧊\r\ncold\n', size)).resolves.toEqual([
      'Tromsø',
      '',
      'is 🧊\r',
      'cold',
    ]);
  });

  it('gives a last line that nothing ends, and none of an empty file', async () => {
    await expect(linesOf('one\ntwo')).resolves.toEqual(['one', 'two']);
    await expect(linesOf('')).resolves.toEqual([]);
  });

  it('ends a line at a line feed alone, not where Unicode separates lines', async () => {
    await expect(linesOf('a\u2028b\u2029c\u0085d\n')).resolves.toEqual(['a\u2028b\u2029c\u0085d']);
  });

  it('names a line that is no UTF-8', async () => {
    await expect(linesOf(Buffer.from([0x61, 0x0a, 0xff, 0x0a]))).rejects.toThrow('Line 2: it is no UTF-8.');
  });

  it('names a line that never ends, before it fills the memory', async () => {
    const endless = async function* () {
      await Promise.resolve();
      yield Buffer.from('one\n');
      const much = Buffer.alloc(1024 * 1024, 'x');
      while (true) yield much;
    };
    await expect(allOf(readLines(endless()))).rejects.toThrow('Line 2: it is too long.');
  });
});
