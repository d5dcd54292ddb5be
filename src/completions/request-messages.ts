import type { FieldError } from '../common/errors/domain-error';

/** What `function` was before `tool`; some clients still send it. */
const ROLES = ['developer', 'system', 'user', 'assistant', 'tool', 'function'] as const;

/** `text`, or something else, such as an image. */
interface ContentPart {
  readonly type: string;
  readonly text?: string;
}

/** One of OpenAI's messages, as far as we rely on it. */
export interface RequestMessage {
  readonly role: (typeof ROLES)[number];
  readonly content?: string | readonly ContentPart[] | null;
  readonly tool_calls?: unknown;
}

/** More of them help nobody, and would make the answer longer than the question. */
const MOST_FAULTS = 20;

export function faultsInMessages(messages: unknown): FieldError[] {
  if (!Array.isArray(messages) || messages.length === 0)
    return [{ path: '/messages', code: 'messages', message: 'must be a list of at least one message' }];
  const faults: FieldError[] = [];
  for (const [at, message] of (messages as unknown[]).entries()) {
    const fault = faultInMessage(message, `/messages/${at}`);
    if (fault) faults.push(fault);
    if (faults.length === MOST_FAULTS) break;
  }
  return faults;
}

function faultInMessage(message: unknown, path: string): FieldError | null {
  if (!isObject(message)) return { path, code: 'message', message: 'must be an object' };
  const { role, content } = message;
  if (!ROLES.includes(role as RequestMessage['role']))
    return { path: `${path}/role`, code: 'role', message: `must be one of ${ROLES.join(', ')}` };
  const mayBeEmpty = role === 'assistant' || role === 'function'; // an assistant that calls a tool has nothing to say
  if (content === undefined || content === null)
    return mayBeEmpty ? null : { path: `${path}/content`, code: 'content', message: 'must be there' };
  if (typeof content === 'string') return null;
  if (!Array.isArray(content) || content.length === 0)
    return { path: `${path}/content`, code: 'content', message: 'must be text, or a list of parts' };
  const wrong = content.findIndex((part) => !isPart(part));
  return wrong === -1
    ? null
    : {
        path: `${path}/content/${wrong}`,
        code: 'part',
        message: 'must have a type, and text where that is text',
      };
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPart = (part: unknown): boolean =>
  isObject(part) && typeof part.type === 'string' && (part.type !== 'text' || typeof part.text === 'string');

/** The texts of a message, in order. */
export function textsOf({ content }: RequestMessage): readonly string[] {
  if (typeof content === 'string') return [content];
  return (content ?? []).flatMap(({ type, text }) => (type === 'text' ? [text!] : []));
}

/** How many parts of a message are no text. */
export const otherPartsOf = ({ content }: RequestMessage): number =>
  typeof content === 'string' ? 0 : (content ?? []).filter(({ type }) => type !== 'text').length;
