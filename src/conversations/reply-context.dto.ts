export class ReplyContextResponse {
  /** `provider/model` that wrote the reply. */
  model!: string;
  /** Tokens that the model takes in all, prompt and answer together. */
  windowTokens!: number;
  /** Tokens of what was given, as Parley counts them. */
  promptTokens!: number;
  systemPrompt!: string | null;
  /** The messages that were given, oldest first; the last one is the question. */
  messageIds!: string[];
  /** Earlier messages of the branch that were not given, oldest first: of more than 100 the newest. */
  droppedIds!: string[];
  /** All earlier messages of the branch that were not given. */
  droppedCount!: number;
}
