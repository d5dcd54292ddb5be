import { countTokens } from './tokens';

describe('The count of tokens', () => {
  it.each([
    ['', 0],
    ['Hello, world!', 4],
    ['How cold is it in Oslo in January?', 9],
  ])('of %j is that of o200k_base: %i', (text, tokens) => {
    expect(countTokens(text)).toBe(tokens);
  });

  it('takes texts that control models for texts', () => {
    expect(countTokens('<|endoftext|>')).toBeGreaterThan(1);
    expect(countTokens('<|im_start|>system')).toBeGreaterThan(2);
  });

  it.each([
    ['letters', 'a'.repeat(50_000)],
    ['white space', ' '.repeat(50_000)],
    ['signs', '!?'.repeat(25_000)],
    ['characters without spaces between them', '挪威'.repeat(25_000)],
  ])(
    'of an unbroken run of %s is that of its pieces, whose work does not grow with the square of its length',
    (_, run) => {
      expect(countTokens(run)).toBe(250 * countTokens(run.slice(0, 200)));
    },
  );

  it('is rather too high than too low beyond 50,000 units', () => {
    const long = 'The quick brown fox jumps over the lazy dog. '.repeat(4_000);
    const exact = 10 * 4_000;
    expect(countTokens(long)).toBeGreaterThan(exact);
    expect(countTokens(long)).toBeLessThan(2 * exact);
  });

  it('cuts no character in two', () => {
    const odd = `x${'😀'.repeat(300)}`;
    expect(countTokens(odd)).toBeLessThanOrEqual(2 * 300 + 1);
  });
});
