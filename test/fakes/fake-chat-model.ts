import { DomainError } from '../../src/common/errors/domain-error';
import type {
  ChatEvent,
  ChatModel,
  ChatRequest,
  PassedChunk,
  PassThroughRequest,
} from '../../src/llm/chat-model';
import { DemoCompletion } from '../../src/llm/demo/demo-completion';
import { turnsIn } from '../../src/llm/demo/turns-in';
import { newGate } from '../support/gate';

/**
 * A string is text, an Error is thrown, a promise is waited for, an event is given as it is. Without a `finish` or
 * an Error the model finishes with `stop` and no usage.
 */
export type ModelScript = readonly (string | Error | Promise<unknown> | ChatEvent)[];

/** In a script: nothing more comes until the call is ended. */
export const silence = new Promise<never>(() => undefined);

/** Plays its script to every request, or the one that its question was given. */
export class FakeChatModel implements ChatModel {
  /** Oldest first. `ended` resolves when the call is over, however that came. */
  readonly calls: { readonly request: ChatRequest; readonly ended: Promise<void> }[] = [];
  hasRoom = true;
  private readonly script: ModelScript;
  private readonly scripts = new Map<string, ModelScript>();

  constructor(...script: ModelScript) {
    this.script = script;
  }

  /** Plays another script when the last turn is `question`. */
  answer(question: string, ...script: ModelScript): this {
    this.scripts.set(question, script);
    return this;
  }

  async *stream(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    signal.throwIfAborted();
    const end = newGate();
    this.calls.push({ request, ended: end.opened });
    try {
      yield* play(this.scripts.get(request.turns.at(-1)?.content ?? '') ?? this.script, signal);
    } finally {
      end.open();
    }
  }

  /** The same script, in OpenAI's shapes. */
  async *passThrough({ model, body }: PassThroughRequest, signal: AbortSignal): AsyncGenerator<PassedChunk> {
    const completion = new DemoCompletion(model);
    for await (const event of this.stream({ model, turns: turnsIn(body) }, signal)) {
      const chunks = completion.add(event);
      if (body.stream === true) for (const data of chunks) yield { model, data };
    }
    if (body.stream !== true) yield { model, data: completion.whole() };
  }
}

async function* play(script: ModelScript, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  for (const part of script) {
    signal.throwIfAborted();
    if (part instanceof Promise) await untilAborted(part, signal);
    else if (part instanceof Error) throw part;
    else if (typeof part === 'string') yield { type: 'text', text: part };
    else yield part;
    if (typeof part === 'object' && 'type' in part && part.type === 'finish') return;
  }
  signal.throwIfAborted();
  const hasText = script.some((part) => typeof part === 'string');
  if (!hasText) throw new DomainError('model_failed', 'The script has no text.');
  yield { type: 'finish', reason: 'stop', usage: null };
}

function untilAborted(gate: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
    gate.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
