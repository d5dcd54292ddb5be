import { textsOf, type RequestMessage } from './request-messages';

interface TextTurn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** What of a request can be kept as a conversation. */
export interface TextTurns {
  /** Null: there is none. */
  readonly systemPrompt: string | null;
  /** Oldest first, roles alternating, a question at both ends. */
  readonly turns: readonly TextTurn[];
  /** What the assistant has said since the last question, such as before it called a tool: the reply goes on from there. */
  readonly opening: string;
}

const BLANK_LINE = '\n\n';

/** The texts of a request, turn by turn; what tools say is left out. Null: the user has said nothing. */
export function toTextTurns(messages: readonly RequestMessage[]): TextTurns | null {
  const system: string[] = [];
  const turns: TextTurn[] = [];
  for (const message of messages) {
    const content = textsOf(message).join(BLANK_LINE);
    if (content.trim() === '') continue;
    const { role } = message;
    if (role === 'system' || role === 'developer') system.push(content);
    if (role === 'user' || (role === 'assistant' && turns.length > 0)) add(turns, { role, content });
  }
  const opening = turns.at(-1)?.role === 'assistant' ? `${turns.pop()!.content}${BLANK_LINE}` : '';
  if (turns.length === 0) return null;
  return { systemPrompt: system.length > 0 ? system.join(BLANK_LINE) : null, turns, opening };
}

function add(turns: TextTurn[], { role, content }: TextTurn): void {
  const last = turns.at(-1);
  if (last?.role !== role) turns.push({ role, content });
  else turns[turns.length - 1] = { role, content: `${last.content}${BLANK_LINE}${content}` };
}
