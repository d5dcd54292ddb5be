/**
 * The form in which usernames are compared and shown: NFKC, case folded, trimmed. JavaScript has no case folding; lower
 * case, upper case and back comes to the same (`ẞ`, `ß` and `SS` are all `ss`).
 */
export function normalizeUsername(name: string): string {
  return name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC').trim();
}

/** Control and format characters (zero-width, bidirectional) would let two names look the same. */
export const hasHiddenCharacters = (name: string): boolean => /[\p{Cc}\p{Cf}]/u.test(name);
