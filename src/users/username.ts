/**
 * The form in which usernames are compared and shown: NFKC, case folded, trimmed. JavaScript has no case folding; lower
 * case, upper case and back comes to the same (`ẞ`, `ß` and `SS` are all `ss`), but for the sigma at the end of a word.
 */
export function normalizeUsername(name: string): string {
  const folded = name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return folded.normalize('NFKC').trim();
}

/** What is not seen (control and format characters, zero-width, bidirectional, fillers, selectors) would let two names look the same. */
export const hasHiddenCharacters = (name: string): boolean =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(name);
