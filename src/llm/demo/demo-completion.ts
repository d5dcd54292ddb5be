import { newId } from '../../common/ids';
import type { ChatEvent, TokenUsage } from '../chat-model';

type Json = Readonly<Record<string, unknown>>;

/** One answer in the shapes of OpenAI's chat completions. */
export class DemoCompletion {
  private readonly head: Json;
  private text = '';
  private usage: Json | null = null;
  private hasBegun = false;

  constructor(model: string) {
    this.head = { id: `chatcmpl-${newId()}`, created: Math.floor(Date.now() / 1000), model };
  }

  /** The chunks that a stream has for one event. */
  add(event: ChatEvent): Json[] {
    if (event.type === 'text') return this.addText(event.text);
    if (event.type !== 'finish') return [];
    this.usage = toUsage(event.usage);
    return [this.chunk({}, event.reason), { ...this.asChunk, choices: [], usage: this.usage }];
  }

  /** What is answered at once, after all events. */
  whole(): Json {
    const message = { role: 'assistant', content: this.text, refusal: null };
    const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }];
    return { ...this.head, object: 'chat.completion', choices, usage: this.usage };
  }

  private addText(text: string): Json[] {
    const first = this.hasBegun ? [] : [this.chunk({ role: 'assistant', content: '' })];
    this.hasBegun = true;
    this.text += text;
    return [...first, this.chunk({ content: text })];
  }

  private chunk(delta: Json, finishReason: string | null = null): Json {
    const choices = [{ index: 0, delta, finish_reason: finishReason, logprobs: null }];
    return { ...this.asChunk, choices };
  }

  private get asChunk(): Json {
    return { ...this.head, object: 'chat.completion.chunk' };
  }
}

const toUsage = (usage: TokenUsage | null): Json | null =>
  usage && {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
  };
