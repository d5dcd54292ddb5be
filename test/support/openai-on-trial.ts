import type { ChatRequest } from '../../src/llm/chat-model';
import { PLAIN, type Dialect } from '../../src/llm/openai/dialect';
import { OpenAiChatModel } from '../../src/llm/openai/openai-chat-model';
import { ScriptedModelServer, type AnswerScript } from './scripted-model-server';

interface Options {
  readonly apiKey?: string | null;
  readonly usageTimeoutMs?: number;
  readonly dialect?: Dialect;
}

/** The OpenAI adapter before a provider that plays a script. Without one it repeats the question. */
export class OpenAiOnTrial {
  private constructor(readonly server: ScriptedModelServer) {}

  static async start(): Promise<OpenAiOnTrial> {
    return new OpenAiOnTrial(await ScriptedModelServer.start());
  }

  open({ apiKey = 'key', usageTimeoutMs = 2_000, dialect = PLAIN }: Options = {}): OpenAiChatModel {
    return new OpenAiChatModel({ baseUrl: this.server.url, apiKey, usageTimeoutMs, dialect });
  }

  ask(model = this.open(), signal = new AbortController().signal) {
    const request: ChatRequest = { model: 'custom/meta/llama', turns: [{ role: 'user', content: 'hello' }] };
    return model.stream(request, signal);
  }

  /** Asks, and answers like this. */
  answerWith(script: AnswerScript) {
    this.server.answerAll(script);
    return this.ask();
  }
}
