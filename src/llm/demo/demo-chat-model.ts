import { setTimeout } from 'node:timers/promises';
import {
  ChatModel,
  type ChatEvent,
  type ChatRequest,
  type PassedChunk,
  type PassThroughRequest,
} from '../chat-model';
import { DemoCompletion } from './demo-completion';
import { demoAnswer } from './demo-answer';
import { turnsIn } from './turns-in';

/** What comes between two words. Rejects with the signal's reason when that aborts. */
type Pause = (signal: AbortSignal) => Promise<void>;

/** Some 35 words a second: as fast as a hosted model, and slow enough to see that the answer is streamed. */
const betweenWords: Pause = (signal) =>
  setTimeout(28, undefined, { signal }).catch(() => signal.throwIfAborted());

/** Answers without any provider, always the same to the same turns. */
export class DemoChatModel extends ChatModel {
  readonly hasRoom = true;

  constructor(private readonly pause: Pause = betweenWords) {
    super();
  }

  async *stream({ turns }: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const words = toWords(demoAnswer(turns));
    for (const text of words) {
      await this.pause(signal);
      signal.throwIfAborted();
      yield { type: 'text', text };
    }
    signal.throwIfAborted();
    const promptTokens = turns.flatMap(({ content }) => toWords(content)).length;
    const completionTokens = words.length;
    const totalTokens = promptTokens + completionTokens;
    yield { type: 'finish', reason: 'stop', usage: { promptTokens, completionTokens, totalTokens } };
  }

  /** Shaped as OpenAI does. */
  async *passThrough({ model, body }: PassThroughRequest, signal: AbortSignal): AsyncGenerator<PassedChunk> {
    const completion = new DemoCompletion(model);
    const isStream = body.stream === true;
    for await (const event of this.stream({ model, turns: turnsIn(body) }, signal)) {
      const chunks = completion.add(event);
      if (isStream) for (const data of chunks) yield { model, data };
    }
    if (!isStream) yield { model, data: completion.whole() };
  }
}

/** Each with the space after it, so that joined they are the text again. The demo's tokens are words. */
const toWords = (text: string): readonly string[] => text.match(/\S+\s*/g) ?? [];
