import type { ChatModel, FinishReason, TokenUsage } from '../../src/llm/chat-model';

/** A model to put to the test, and what can be seen of its calls. */
export interface ModelOnTrial {
  readonly model: ChatModel;
  /** Resolves once no call is going on any more, also where the model gets its answers from. */
  readonly idle: () => Promise<void>;
}

/** What a model that can be told what to say is told. */
export interface Answer {
  readonly texts: readonly string[];
  /** Null: it ends without saying that it has finished. */
  readonly finish: FinishReason | null;
  readonly usage: TokenUsage | null;
}
