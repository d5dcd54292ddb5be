const MOST_CHARS = 60;

/** A heading out of a question: its first words, on one line, of at most 60 UTF-16 units. */
export function firstWords(content: string): string {
  const line = content
    .slice(0, 10 * MOST_CHARS)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= MOST_CHARS) return line;
  const start = line.slice(0, MOST_CHARS - 1);
  const words = line[MOST_CHARS - 1] === ' ' ? start : start.replace(/ [^ ]*$/, '');
  return `${words.replace(/[\ud800-\udbff]$/, '')}…`;
}
