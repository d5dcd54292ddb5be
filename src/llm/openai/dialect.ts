import { textIn } from '../../common/text-in';

type Json = Readonly<Record<string, unknown>>;

/** In what a provider's API differs from OpenAI's: all of it is here and in `presets.ts`. */
export interface Dialect {
  /** Under which name it takes the most tokens of an answer. */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** Members of OpenAI's that it has under another name, and refuses or drops under theirs. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Whether a stream's usage has to be asked for. Others send it by themselves, and some of them refuse the question. */
  readonly asksForUsage: boolean;
  /** Whether it knows OpenAI's role `developer`; else that is `system`. */
  readonly hasDeveloperRole: boolean;
  /** Its models that refuse a system message: the first question takes it along. */
  readonly withoutSystem: RegExp | null;
}

/** OpenAI's, as others have copied it. What a caller of `/v1` sends goes through as it is. */
export const PLAIN: Dialect = {
  maxTokens: 'max_tokens',
  renamed: {},
  asksForUsage: true,
  hasDeveloperRole: true,
  withoutSystem: null,
};

/** A request as the provider of that model takes it. `stream` in it says whether it is streamed. */
export function toProviderBody(dialect: Dialect, model: string, body: Json): Json {
  const { stream_options, ...rest } = renamed(dialect, body);
  return {
    ...rest,
    ...(Array.isArray(body.messages) && { messages: toMessages(dialect, model, body.messages as Json[]) }),
    ...(body.stream === true &&
      dialect.asksForUsage && {
        stream_options: { ...(stream_options as object | undefined), include_usage: true },
      }),
    model,
  };
}

/** A member that is there under both names keeps the one that the provider knows; null is as good as absent. */
function renamed(dialect: Dialect, body: Json): Json {
  const members = Object.entries(body);
  const kept = members.filter(([name]) => !(name in dialect.renamed));
  const moved = members.flatMap(([name, value]) => {
    const theirs = dialect.renamed[name];
    return theirs !== undefined && (body[theirs] ?? null) === null ? [[theirs, value] as const] : [];
  });
  return Object.fromEntries([...kept, ...moved]);
}

function toMessages(
  { hasDeveloperRole, withoutSystem }: Dialect,
  model: string,
  messages: readonly Json[],
): readonly Json[] {
  if (withoutSystem?.test(model)) return withSystemInQuestion(messages);
  if (hasDeveloperRole) return messages;
  return messages.map((message) => (message.role === 'developer' ? { ...message, role: 'system' } : message));
}

const isSystem = ({ role }: Json): boolean => role === 'system' || role === 'developer';

function withSystemInQuestion(messages: readonly Json[]): readonly Json[] {
  const system = messages.filter(isSystem).map(({ content }) => textIn(content));
  const others = messages.filter((message) => !isSystem(message));
  const first = others.findIndex(({ role }) => role === 'user');
  if (system.length === 0 || first < 0) return others;
  const asked = { ...others[first], content: inFrontOf(others[first]!.content, system.join('\n\n')) };
  return others.with(first, asked);
}

const inFrontOf = (content: unknown, text: string): unknown =>
  Array.isArray(content) ? [{ type: 'text', text }, ...(content as Json[])] : `${text}\n\n${textIn(content)}`;
