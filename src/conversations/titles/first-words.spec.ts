import { firstWords } from './first-words';
import { toTitle } from './to-title';

describe('The first words of a question', () => {
  it.each([
    ['How cold is it?', 'How cold is it?'],
    ['  How\n\ncold\tis it? ', 'How cold is it?'],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['x'.repeat(61), `${'x'.repeat(59)}…`],
    [`${'word '.repeat(11)}word word`, `${'word '.repeat(11)}word…`],
    [`${'word '.repeat(11)}words, too`, `${'word '.repeat(11).trim()}…`],
    [`${'x'.repeat(59)} y`, `${'x'.repeat(59)}…`],
    [`${'x'.repeat(58)}😀😀`, `${'x'.repeat(58)}…`],
    ['挪'.repeat(100), `${'挪'.repeat(59)}…`],
  ])('of %j are %j', (content, title) => {
    expect(firstWords(content)).toBe(title);
  });

  it('never take more than a heading has room for', () => {
    for (const content of ['a b '.repeat(5_000), '😀'.repeat(2_500), 'x'.repeat(5_000)]) {
      expect(firstWords(content).length).toBeLessThanOrEqual(60);
      expect(firstWords(content).isWellFormed()).toBe(true);
    }
  });
});

describe("A model's heading", () => {
  it.each([
    ['Winter in Oslo', 'Winter in Oslo'],
    ['"Winter in Oslo."\n', 'Winter in Oslo'],
    ['\n\n# **Winter in  Oslo**\nIt is about …', 'Winter in Oslo'],
    ['„Winter in Oslo“', 'Winter in Oslo'],
    ['Winter\0 in Oslo', 'Winter in Oslo'],
    [`${'x'.repeat(79)}😀`, 'x'.repeat(79)],
    ['Is it cold?', 'Is it cold?'],
  ])('of %j is %j', (text, title) => {
    expect(toTitle(text)).toBe(title);
  });

  it.each(['', '  \n', '""', '***', '\ud83d'])('is none where %j is all that it says', (text) => {
    expect(toTitle(text)).toBeNull();
  });
});
