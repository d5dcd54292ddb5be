import fc from 'fast-check';
import { cutTo, TextCleaner } from './text-cleaner';

function clean(...pieces: readonly string[]): string[] {
  const cleaner = new TextCleaner();
  return [...pieces.map((piece) => cleaner.clean(piece)), cleaner.rest()];
}

/** Any UTF-16 units, and many of those that are trouble. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\0', '\ud83d', '\ude00', '😀', 'a', '\ufffd', '"', '\u2028'),
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 2 }),
    ),
  )
  .map((parts) => parts.join(''));

const cutAnywhere = (text: string, cuts: readonly number[]): string[] => {
  const at = [...cuts.map((cut) => cut % (text.length + 1)), 0, text.length].sort((a, b) => a - b);
  return at.slice(1).map((end, n) => text.slice(at[n], end));
};

describe('The cleaned text', () => {
  it('is the same however it was cut, and as long as what came', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat()), (text, cuts) => {
        const whole = text.toWellFormed().replaceAll('\0', '\ufffd');
        expect(clean(...cutAnywhere(text, cuts)).join('')).toBe(whole);
        expect(whole).toHaveLength(text.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has no piece that ends in half a pair', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat()), (text, cuts) => {
        for (const piece of clean(...cutAnywhere(text, cuts))) expect(piece.isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has a pair that two pieces share in the second of them', () => {
    expect(clean('cold \ud83d', '\ude00!')).toEqual(['cold ', '😀!', '']);
  });

  it('has a replacement for every lone half, at the very end too', () => {
    expect(clean('a\ud83d', 'b\ude00', '\ud83d')).toEqual(['a', '\ufffdb\ufffd', '', '\ufffd']);
  });

  it('has a replacement for NUL', () => {
    expect(clean('a\0b\0')).toEqual(['a\ufffdb\ufffd', '']);
  });

  it('lets an empty piece change nothing', () => {
    expect(clean('', 'a\ud83d', '', '\ude00', '')).toEqual(['', 'a', '', '😀', '', '']);
  });
});

describe('A cut', () => {
  it('gives the beginning, never half a pair, and never less than it must', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, max) => {
        const cut = cutTo(text, max);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, max - 1));
        expect(cut.isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves a text that fits as it is', () => {
    expect([cutTo('a😀', 3), cutTo('', 0)]).toEqual(['a😀', '']);
  });
});
