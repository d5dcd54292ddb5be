import type { ChatEvent, FinishReason, TokenUsage } from '../chat-model';
import { ModelCallError } from '../model-call-error';
import { textIn } from '../../common/text-in';
import { brokenOff } from './openai-error';

/** What a chunk may hold. Providers are many and careless, so nothing is taken for granted. */
interface Chunk {
  readonly choices?: readonly ({
    readonly delta?: { readonly content?: unknown; readonly refusal?: unknown };
    readonly finish_reason?: unknown;
  } | null)[];
  readonly usage?: Readonly<Record<string, unknown>> | null;
}

/** Finish reasons that tell of a failure: OpenRouter's `error` and DeepSeek's `insufficient_system_resource`. */
const FAILURES: readonly unknown[] = ['error', 'insufficient_system_resource'];

/** One streamed answer, read chunk by chunk. */
export class OpenAiAnswer {
  private finishReason: unknown = null;
  private usage: TokenUsage | null = null;
  private hasText = false;

  /** True once the provider has said that it is done; after that only the usage can still come. */
  get ended(): boolean {
    return this.finishReason !== null;
  }

  /** The text of the chunk; empty when it has none. */
  read(chunk: unknown): string {
    const { choices, usage } = (chunk ?? {}) as Chunk;
    this.usage = toUsage(usage) ?? this.usage;
    if (this.ended) return '';
    const choice = choices?.[0];
    this.finishReason = choice?.finish_reason || null; // some send '' in every chunk
    const text = textIn(choice?.delta?.content) || textIn(choice?.delta?.refusal); // what the model says to the person, both of them
    this.hasText ||= text !== '';
    return text;
  }

  /** @throws DomainError `model_failed` – the provider has not said that it has finished. */
  throwIfBrokenOff(): void {
    if (!this.ended || FAILURES.includes(this.finishReason)) throw brokenOff();
  }

  /** @throws DomainError `model_failed` – the answer was not finished, or is none. */
  finish(): ChatEvent {
    this.throwIfBrokenOff();
    const reason = toFinishReason(this.finishReason);
    if (reason === 'stop' && !this.hasText)
      throw new ModelCallError('model_failed', 'The model ended without an answer.');
    return { type: 'finish', reason, usage: this.usage };
  }
}

/** Calls of tools count as `stop`: Parley offers none, so a model that calls one has nothing more to say. */
function toFinishReason(reason: unknown): FinishReason {
  if (LENGTHS.includes(reason)) return 'length';
  return FILTERS.includes(reason) ? 'content_filter' : 'stop';
}

/** `model_length` is Mistral's, where the window is full; what is in capitals is Gemini's own, which it does not always translate. */
const LENGTHS: readonly unknown[] = ['length', 'model_length', 'MAX_TOKENS'];
const FILTERS: readonly unknown[] = [
  ...['content_filter', 'SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'],
];

function toUsage(usage: Chunk['usage']): TokenUsage | null {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage ?? {};
  if (!isCount(promptTokens) || !isCount(completionTokens)) return null;
  const totalTokens = isCount(usage?.total_tokens) ? usage.total_tokens : promptTokens + completionTokens;
  return { promptTokens, completionTokens, totalTokens };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
