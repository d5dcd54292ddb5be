import type { ChatTurn } from '../chat-model';

const QUOTE_CHARS = 200;

const SETTINGS = `\`\`\`sh
OPENAI_API_KEY=...  # or that of another provider: docs/models.md

# or any OpenAI-compatible address:
LLM_BASE_URL=http://localhost:8000/v1
LLM_MODELS=llama,qwen  # with commas between them
\`\`\``;

/** The demo model's answer, in markdown. The same turns always have the same answer. */
export function demoAnswer(turns: readonly ChatTurn[]): string {
  const said = turns.filter(({ role }) => role !== 'system');
  const historyCount = Math.max(said.length - 1, 0);
  return [
    "## Parley's demo model",
    '**No real model is configured**, so nobody has thought about your question. This is what I was given:',
    [
      `- Your question: “${quote(said.at(-1)?.content ?? '')}”`,
      `- Messages of history before it: ${historyCount}`,
      `- System prompt: ${said.length < turns.length ? 'yes' : 'no'}`,
    ].join('\n'),
    historyCount === 0
      ? `For real answers, set these and start Parley again:\n\n${SETTINGS}`
      : 'For real answers, set `LLM_BASE_URL` and `LLM_MODELS`, and start Parley again.',
  ].join('\n\n');
}

/** At most `QUOTE_CHARS` characters on one line, and no markup: a page shows this as markdown. */
function quote(text: string): string {
  const characters = Array.from(text.replace(/\s+/g, ' ').trim());
  const start = characters.slice(0, QUOTE_CHARS).join('');
  return start.replace(/[\\`*_[\]<>&~|$]/g, '\\$&') + (characters.length > QUOTE_CHARS ? '…' : '');
}
