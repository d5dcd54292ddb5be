import type { ChatTurn } from '../chat-model';

/** The texts of a call of OpenAI's chat completions; whatever else is in it the demo model does not look at. */
export function turnsIn({ messages }: Readonly<Record<string, unknown>>): ChatTurn[] {
  return (Array.isArray(messages) ? messages : []).map((message) => {
    const { role, content } = (message ?? {}) as Record<string, unknown>;
    return { role: toRole(role), content: textOf(content) };
  });
}

function toRole(role: unknown): ChatTurn['role'] {
  if (role === 'system' || role === 'developer') return 'system';
  return role === 'assistant' ? 'assistant' : 'user';
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = (Array.isArray(content) ? content : []) as { text?: unknown }[];
  return parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}
