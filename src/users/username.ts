/**
 * The form in which usernames are compared and shown: NFKC, case folded, trimmed. JavaScript has no case folding; upper case
 * and back comes to the same (`ß` and `SS` are both `ss`).
 */
export function normalizeUsername(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').trim();
}

/** Control and format characters (zero-width, bidirectional) would let two names look the same. */
export const hasHiddenCharacters = (name: string): boolean => /[\p{Cc}\p{Cf}]/u.test(name);
