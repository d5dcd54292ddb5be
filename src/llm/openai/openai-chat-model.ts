import { OpenAI, type ClientOptions } from 'openai';
import {
  ChatModel,
  type ChatEvent,
  type ChatRequest,
  type PassedChunk,
  type PassThroughRequest,
} from '../chat-model';
import { modelName } from '../model-id';
import { OpenAiAnswer } from './openai-answer';
import { brokenOff, toModelError } from './openai-error';

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
  readonly hasRoom = true;
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

  async *stream(
    { model, turns, maxTokens = null }: ChatRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent> {
    const answer = new OpenAiAnswer();
    const body = {
      messages: turns.map(({ role, content }) => ({ role, content })),
      ...(maxTokens !== null && { max_tokens: maxTokens }),
    };
    for await (const { text } of this.read(answer, model, body, signal))
      yield text ? { type: 'text', text } : { type: 'progress' };
    yield answer.finish();
  }

  async *passThrough({ model, body }: PassThroughRequest, signal: AbortSignal): AsyncGenerator<PassedChunk> {
    if (body.stream !== true) {
      yield { model, data: await this.complete(model, body, signal) };
      return;
    }
    const answer = new OpenAiAnswer();
    for await (const { data } of this.read(answer, model, body, signal)) yield { model, data };
    answer.throwIfBrokenOff();
  }

  /** Streams one answer chunk by chunk. It may end before the answer has. */
  private async *read(answer: OpenAiAnswer, model: string, body: Json, signal: AbortSignal) {
    let usageTimer: NodeJS.Timeout | undefined;
    try {
      signal.throwIfAborted();
      const chunks = (await this.client.chat.completions.create(
        { ...body, model: modelName(model), stream: true, stream_options: usageWanted(body) } as Streamed,
        { signal },
      )) as AsyncIterable<unknown> & { controller: AbortController };
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        const text = answer.read(chunk);
        // Read on to the end rather than leave: leaving would close a connection that the next call can use.
        if (answer.ended)
          usageTimer ??= setTimeout(() => chunks.controller.abort(), this.provider.usageTimeoutMs);
        yield { text, data: (chunk ?? {}) as Json };
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!answer.ended) throw toModelError(error);
    } finally {
      clearTimeout(usageTimer);
    }
    signal.throwIfAborted(); // the SDK ends an aborted stream without an error
  }

  private async complete(model: string, body: Json, signal: AbortSignal): Promise<Json> {
    try {
      signal.throwIfAborted();
      const completion: unknown = await this.client.chat.completions.create(
        { ...body, model: modelName(model), stream: false } as Whole,
        { signal },
      );
      if (!isCompletion(completion)) throw brokenOff();
      return completion;
    } catch (error) {
      signal.throwIfAborted();
      throw toModelError(error);
    }
  }
}

type Json = Readonly<Record<string, unknown>>;
type Streamed = OpenAI.ChatCompletionCreateParamsStreaming;
type Whole = OpenAI.ChatCompletionCreateParamsNonStreaming;

const usageWanted = ({ stream_options }: Json) => ({
  ...(stream_options as object | undefined),
  include_usage: true,
});

/** A page of a proxy would come as a text. */
const isCompletion = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && Array.isArray((value as Json).choices);

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
