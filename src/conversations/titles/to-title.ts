const MOST_CHARS = 80;

/** What a model has written as a heading, without what models put around it. Null: nothing is left. */
export function toTitle(text: string): string | null {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? '';
  const bare = line
    .replace(/^[\s#*_"'“”„«»‘’]+|[\s*_"'“”„«»‘’.]+$/gu, '')
    .replace(/\s+/g, ' ')
    .replaceAll('\0', '');
  const title = bare
    .slice(0, MOST_CHARS)
    .toWellFormed()
    .replace(/\ufffd/g, '')
    .trim();
  return title === '' ? null : title;
}
