import { OpenAI, type ClientOptions } from 'openai';
import { ChatModel, type ChatEvent, type ChatRequest } from '../chat-model';
import { modelName } from '../model-id';
import { OpenAiAnswer } from './openai-answer';
import { toModelError } from './openai-error';

interface OpenAiProvider {
  /** Up to and without `/chat/completions`. */
  readonly baseUrl: string;
  /** Null: none is sent, as local servers want none. */
  readonly apiKey: string | null;
  /** How long to wait for the token counts, which come after the answer's end. */
  readonly usageTimeoutMs: number;
}

/** The longest that a timer takes: our own limits, which are set around every model, come first. */
const NEVER_MS = 2 ** 31 - 1;

/** Models behind any OpenAI-compatible API. */
export class OpenAiChatModel extends ChatModel {
  private readonly client: OpenAI;

  constructor(private readonly provider: OpenAiProvider) {
    super();
    // Null and not absent: what is absent the SDK takes from the environment.
    this.client = new OpenAI({
      baseURL: provider.baseUrl,
      apiKey: 'sent by fetchWithOwnHeaders', // the SDK insists on one
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      fetch: fetchWithOwnHeaders(provider.apiKey),
      maxRetries: 0,
      timeout: NEVER_MS,
      logLevel: 'off', // it would print chunks that it can't parse, and so what the model said
    });
  }

  async *stream(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const { usageTimeoutMs } = this.provider;
    const answer = new OpenAiAnswer();
    let usageTimer: NodeJS.Timeout | undefined;
    try {
      signal.throwIfAborted();
      const chunks = await this.open(request, signal);
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        const text = answer.read(chunk);
        // Read on to the end rather than leave: leaving would close a connection that the next call can use.
        if (answer.ended) usageTimer ??= setTimeout(() => chunks.controller.abort(), usageTimeoutMs);
        yield text ? { type: 'text', text } : { type: 'progress' };
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!answer.ended) throw toModelError(error);
    } finally {
      clearTimeout(usageTimer);
    }
    signal.throwIfAborted(); // the SDK ends an aborted stream without an error
    yield answer.finish();
  }

  private open({ model, turns }: ChatRequest, signal: AbortSignal) {
    return this.client.chat.completions.create(
      {
        model: modelName(model),
        messages: turns.map(({ role, content }) => ({ role, content })),
        stream: true,
        stream_options: { include_usage: true },
      },
      { signal },
    );
  }
}

/** Instead of the SDK's headers, which tell of this machine and take more from `OPENAI_CUSTOM_HEADERS`. */
function fetchWithOwnHeaders(apiKey: string | null): ClientOptions['fetch'] {
  const headers = {
    accept: 'application/json', // as the SDK has it
    'content-type': 'application/json',
    'user-agent': 'parley',
    ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
  };
  return (url, init) => fetch(url, { ...init, headers });
}
