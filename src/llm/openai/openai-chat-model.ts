import { OpenAI, type ClientOptions } from 'openai';
import {
  ChatModel,
  type ChatEvent,
  type ChatRequest,
  type PassedChunk,
  type PassThroughRequest,
} from '../chat-model';
import { modelName } from '../model-id';
import { toProviderBody, type Dialect } from './dialect';
import { OpenAiAnswer } from './openai-answer';
import { brokenOff, toModelError } from './openai-error';

interface OpenAiProvider {
  /** Up to and without `/chat/completions`. */
  readonly baseUrl: string;
  /** Null: none is sent, as local servers want none. */
  readonly apiKey: string | null;
  readonly dialect: Dialect;
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

  stream({ model, turns, maxTokens = null }: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const answer = new OpenAiAnswer();
    const body = {
      messages: turns.map(({ role, content }) => ({ role, content })),
      ...(maxTokens !== null && { [this.provider.dialect.maxTokens]: maxTokens }),
    };
    const toEvent = (text: string): ChatEvent => (text ? { type: 'text', text } : { type: 'progress' });
    return this.read(answer, { model, body }, signal, { toEvent, toEnd: () => [answer.finish()] });
  }

  passThrough(request: PassThroughRequest, signal: AbortSignal): AsyncGenerator<PassedChunk> {
    if (request.body.stream !== true) return this.complete(request, signal);
    const answer = new OpenAiAnswer();
    const toEvent = (_text: string, data: Json) => ({ model: request.model, data });
    const toEnd = () => {
      answer.throwIfBrokenOff();
      return [];
    };
    return this.read(answer, request, signal, { toEvent, toEnd });
  }

  /** Streams one answer. One generator for whatever is made of it: a second one around it would cost as much again for each token. */
  private async *read<Event>(
    answer: OpenAiAnswer,
    { model, body }: PassThroughRequest,
    signal: AbortSignal,
    { toEvent, toEnd }: Reading<Event>,
  ): AsyncGenerator<Event> {
    let usageTimer: NodeJS.Timeout | undefined;
    try {
      signal.throwIfAborted();
      const wanted = toProviderBody(this.provider.dialect, modelName(model), { ...body, stream: true });
      const chunks = await this.client.chat.completions.create(wanted as unknown as Streamed, { signal });
      for await (const chunk of chunks as AsyncIterable<unknown>) {
        signal.throwIfAborted();
        const text = answer.read(chunk);
        // Read on to the end rather than leave: leaving would close a connection that the next call can use.
        if (answer.ended)
          usageTimer ??= setTimeout(() => chunks.controller.abort(), this.provider.usageTimeoutMs);
        yield toEvent(text, (chunk ?? {}) as Json);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!answer.ended) throw toModelError(error);
    } finally {
      clearTimeout(usageTimer);
    }
    signal.throwIfAborted(); // the SDK ends an aborted stream without an error
    yield* toEnd();
  }

  private async *complete(
    { model, body }: PassThroughRequest,
    signal: AbortSignal,
  ): AsyncGenerator<PassedChunk> {
    try {
      signal.throwIfAborted();
      const wanted = toProviderBody(this.provider.dialect, modelName(model), body);
      const completion: unknown = await this.client.chat.completions.create(wanted as unknown as Whole, {
        signal,
      });
      if (!isCompletion(completion)) throw brokenOff();
      yield { model, data: completion };
    } catch (error) {
      signal.throwIfAborted();
      throw toModelError(error);
    }
  }
}

type Json = Readonly<Record<string, unknown>>;
type Streamed = OpenAI.ChatCompletionCreateParamsStreaming;
type Whole = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** What is made of an answer. */
interface Reading<Event> {
  readonly toEvent: (text: string, chunk: Json) => Event;
  /** What follows the last chunk. @throws DomainError `model_failed` – the answer has not ended as it should. */
  readonly toEnd: () => readonly Event[];
}

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
