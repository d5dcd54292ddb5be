import { countTokens } from '../common/tokens';
import type { PassedChunk, TokenUsage } from '../llm/chat-model';
import { textIn } from '../common/text-in';
import type { SpentTokens } from '../usage/tokens';

/** What of a provider's chunk or completion we look at; whatever else there is goes on unseen. */
interface Seen {
  readonly choices?: readonly {
    readonly delta?: SeenMessage;
    readonly message?: SeenMessage;
    readonly finish_reason?: unknown;
  }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } | null;
}

interface SeenMessage {
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly tool_calls?: unknown;
  readonly function_call?: unknown;
}

/** UTF-16 units. No reply is kept that is longer (REPLY_MAX_CHARS); a provider that finds no end must not fill the memory. */
const MOST_HELD = 5_000_000;

/** What a model has said so far, in chunks or at once, and what that has cost. */
export class Said {
  /** As the provider has it. Null: it has not finished. */
  finishReason: string | null = null;
  /** As the provider has counted. */
  usage: TokenUsage | null = null;
  hasBegun = false;
  hasToolCalls = false;
  private words = '';
  /** Thoughts and tool calls: paid for, and no text. */
  private besides = '';

  /** @param model `provider/model`, until another one answers. */
  constructor(public model: string) {}

  get text(): string {
    return this.words;
  }

  read({ model, data }: PassedChunk): void {
    this.hasBegun = true;
    this.model = model;
    const { choices, usage } = data as Seen;
    const choice = Array.isArray(choices) ? (choices as NonNullable<Seen['choices']>)[0] : undefined;
    this.readMessage(choice?.delta ?? choice?.message ?? {});
    if (typeof choice?.finish_reason === 'string') this.finishReason = choice.finish_reason;
    this.usage = toUsage(usage) ?? this.usage;
  }

  /**
   * What it takes of a quota. Null: nothing, since the provider has refused it, or has not begun.
   *
   * @param isBrokenOff Whoever breaks a call off can't know whether the provider was at work: what it was given counts.
   */
  spent(promptTokens: number, isBrokenOff: boolean): SpentTokens | null {
    if (!this.hasBegun && !isBrokenOff) return null;
    const counted = this.usage ?? { promptTokens, completionTokens: countTokens(this.words + this.besides) };
    return {
      model: this.model,
      promptTokens: counted.promptTokens,
      completionTokens: counted.completionTokens,
    };
  }

  private readMessage(message: SeenMessage): void {
    const { content, refusal, reasoning_content: thoughts, reasoning } = message;
    this.words = held(this.words, textIn(content) + textOf(refusal));
    this.besides = held(this.besides, textOf(thoughts ?? reasoning) + thoughtsIn(content));
    const calls = isEmpty(message.tool_calls) ? message.function_call : message.tool_calls;
    if (isEmpty(calls)) return;
    this.hasToolCalls = true;
    this.besides = held(this.besides, argumentsIn(calls));
  }
}

const held = (text: string, more: string): string =>
  text.length < MOST_HELD ? text + more.slice(0, MOST_HELD - text.length) : text;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** vLLM says with every answer that it has none. */
const isEmpty = (calls: unknown): boolean => !calls || (Array.isArray(calls) && calls.length === 0);

/** Mistral's, which come as parts of the content. */
const thoughtsIn = (content: unknown): string =>
  Array.isArray(content)
    ? (content as ({ thinking?: unknown } | null)[]).map((part) => textIn(part?.thinking)).join('')
    : '';

/** Names and arguments, which come in pieces of JSON. */
function argumentsIn(calls: unknown): string {
  return (Array.isArray(calls) ? (calls as unknown[]) : [{ function: calls }])
    .map((call) => (call as { function?: { name?: unknown; arguments?: unknown } } | null)?.function)
    .map((called) => textOf(called?.name) + textOf(called?.arguments))
    .join('');
}

function toUsage(usage: Seen['usage']): TokenUsage | null {
  const [promptTokens, completionTokens] = [usage?.prompt_tokens, usage?.completion_tokens];
  if (!isCount(promptTokens) || !isCount(completionTokens)) return null;
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}

/** Where counts are stored, there is no room for more. */
const MOST = 2 ** 31 - 1;

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST;
