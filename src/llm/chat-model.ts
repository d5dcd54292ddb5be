/** One turn of what the model is given. */
export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  /** As `Models` lists it: `provider/model`. */
  readonly model: string;
  /** System prompt first where there is one, then oldest to newest; the last one is the question. */
  readonly turns: readonly ChatTurn[];
  /** The most tokens that the answer may have. Absent or null: what the provider allows. */
  readonly maxTokens?: number | null;
}

/** Tokens, as the provider counted them. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

export type FinishReason = 'stop' | 'length' | 'content_filter';

/**
 * `answering` says which model answers where that is not the one that was asked; it comes before any other event. `text` is never
 * empty, and a surrogate pair may be cut in two between one and the next. `progress` says that the model is at work and has nothing
 * to show yet (reasoning, say). `finish` comes once and last, and only when the provider itself said that it had finished; `stop`
 * comes only after text. Its usage is null where none was counted.
 */
export type ChatEvent =
  | { readonly type: 'answering'; readonly model: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'progress' }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly usage: TokenUsage | null };

/** A call of OpenAI's chat completions, as its caller wrote it. */
export interface PassThroughRequest {
  /** As `Models` lists it: `provider/model`. */
  readonly model: string;
  /** OpenAI's members, known to us or not; `model` and `stream_options` are set anew. `stream` says what comes back. */
  readonly body: Readonly<Record<string, unknown>>;
  /** A provider is about to be asked, with every try: until then nothing can have cost anything. */
  readonly onSent?: () => void;
}

/** One of the provider's own JSON objects. Its `usage` is there where the provider counts, whether the caller asked for it or not. */
export interface PassedChunk {
  /** Which model answers, as `Models` lists it. */
  readonly model: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A language model that answers a conversation, whoever provides it. */
export abstract class ChatModel {
  /** Whether another call could begin now or soon. False: it would be refused with `model_unavailable`. */
  abstract readonly hasRoom: boolean;

  /**
   * Starts one call and gives what comes, as it comes. A sequence that ends without `finish` never ends quietly: it throws.
   * `signal` ends the call at the provider; the sequence then throws the signal's reason.
   *
   * @throws DomainError `unknown_model` – `Models` lists none by that id.
   * @throws DomainError `model_failed` – connection cut, missing or broken end, no text, or a request the provider refuses.
   * @throws DomainError `model_unavailable` – no connection, or the provider's 401, 403, 429 or 5xx.
   * @throws DomainError `model_timeout` – too long without a first or a further sign of life, or in all.
   */
  abstract stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent>;

  /**
   * Starts one call and hands on what the provider says: its chunks where `body.stream` is true, else its one completion. A stream
   * without any `finish_reason` never ends quietly: it throws `model_failed`. The rest is as for `stream`.
   */
  abstract passThrough(request: PassThroughRequest, signal: AbortSignal): AsyncIterable<PassedChunk>;
}

export interface ModelInfo {
  /** `provider/model`. */
  readonly id: string;
  readonly provider: string;
  /** Tokens that question, history and answer may have together. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** The two sizes are known, not only assumed. */
  readonly sized: boolean;
  /** False while its provider is known to be failing. */
  readonly available: boolean;
}

/** Which models there are: fixed for the life of the process, but for `available`. */
export abstract class Models {
  /** In the order of the configuration; never empty. */
  abstract list(): readonly ModelInfo[];
  /** Null when no model has that id. */
  abstract find(id: string): ModelInfo | null;
  /** The id of the model that answers when nobody names one. */
  abstract readonly defaultId: string;
}
