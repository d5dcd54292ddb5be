import fc from 'fast-check';
import { hasHiddenCharacters, normalizeUsername } from './username';

const anyText = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed());

describe('A username', () => {
  it.each([
    ['upper case', 'ANA', 'ana'],
    ['white space around it', '\t ana\u00A0', 'ana'],
    ['full width', 'Ａｎａ', 'ana'],
    ['letters apart from their marks', 'Rene\u0301', 'ren\u00E9'],
    ['a small sharp s', 'Straße', 'strasse'],
    ['a capital sharp s', 'STRAẞE', 'strasse'],
    ['a ligature', 'ﬁnn', 'finn'],
    ['a final sigma', 'ΟΔΥΣΣΕΥς', 'οδυσσευσ'],
    ['a sigma that is not final where it should be', 'οδυσσευσ', 'οδυσσευσ'],
    ['a number in a circle', 'ana①', 'ana1'],
    ['the sign of a unit', '5K', '5k'],
  ])('is the same with %s', (_what, given, same) => {
    expect(normalizeUsername(given)).toBe(same);
  });

  it('keeps its form once it has it', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        expect(normalizeUsername(normalizeUsername(name))).toBe(normalizeUsername(name));
      }),
    );
  });

  it('keeps its form whatever the case it is given in', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        expect(normalizeUsername(name.toUpperCase())).toBe(normalizeUsername(name));
      }),
    );
  });

  it.each(['ana ben', 'ana.ben+c@example.com', '李小龙', 'ана', '\u{1F600}'])('may be %s', (name) => {
    expect(hasHiddenCharacters(normalizeUsername(name))).toBe(false);
  });

  it.each([
    ['a zero-width space', 'an\u200Ba'],
    ['a zero-width joiner', 'an\u200Da'],
    ['a byte order mark', 'an\uFEFFa'],
    ['a soft hyphen', 'an\u00ADa'],
    ['a right-to-left override', 'an\u202Ea'],
    ['an isolate', 'an\u2066a'],
    ['a line break', 'an\na'],
    ['a delete character', 'an\u007Fa'],
    ['a tag character', 'an\u{E0061}a'],
    ['a variation selector', 'an\uFE0Fa'],
    ['a variation selector of the supplement', 'an\u{E0100}a'],
    ['a variation selector of Mongolian', 'an\u180Ba'],
    ['a grapheme joiner', 'an\u034Fa'],
    ['a Hangul filler', 'an\u3164a'],
    ['a filler for a Hangul consonant', 'an\u115Fa'],
    ['a vowel of Khmer that is never shown', 'an\u17B4a'],
    ['a line separator', 'an\u2028a'],
    ['a paragraph separator', 'an\u2029a'],
  ])('shows that it has %s', (_what, name) => {
    expect(hasHiddenCharacters(normalizeUsername(name))).toBe(true);
  });
});
