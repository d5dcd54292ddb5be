interface Part {
  readonly type?: unknown;
  readonly text?: unknown;
}

/** The text of OpenAI's `content`, in a message or a delta, whose parts may be of several types: thoughts and images are none. */
export function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as (Part | null)[])
    .map((part) => (part?.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .join('');
}
