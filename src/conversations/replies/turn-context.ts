import { DomainError } from '../../common/errors/domain-error';
import type { ChatRequest, ChatTurn, ModelInfo } from '../../llm/chat-model';

/** What a model is given for one reply. It is kept with the reply: whoever writes that anew gives the same, whatever has changed. */
export interface TurnContext {
  /** Of the model, as it was taken to be. */
  readonly windowTokens: number;
  /** Of all that is given, as we count. */
  readonly promptTokens: number;
  /** The most that the answer may take. Null: what the provider allows. */
  readonly answerTokens: number | null;
  readonly systemPrompt: string | null;
  /** The oldest message that is given; the branch goes on from it to the question. Null: the question alone. */
  readonly from: string | null;
}

/** A message of the history. */
export interface GivenMessage extends ChatTurn {
  readonly id: string;
  /** Of its content. */
  readonly tokens: number;
}

/** What a provider puts around each message: OpenAI counts three, and one for a name (their cookbook, "How to count tokens"). */
export const MESSAGE_TOKENS = 4;

/** Others make up to a third more tokens of a text than the tokenizer that we count by (docs/models.md). */
const FOREIGN_TOKENS = 4 / 3;

/** Before the history is known: what the system prompt and the question take. */
export interface Fixed {
  readonly systemPrompt: string | null;
  readonly systemTokens: number;
  readonly questionTokens: number;
}

const tokensOf = ({ systemPrompt, systemTokens, questionTokens }: Fixed): number =>
  questionTokens + MESSAGE_TOKENS + (systemPrompt ? systemTokens + MESSAGE_TOKENS : 0);

/**
 * How many tokens of history fit beside the rest, and room for the answer. Below zero: none does.
 *
 * @throws DomainError `context_length_exceeded` – not even the question does.
 */
export function roomForHistory({ contextTokens, maxOutputTokens }: ModelInfo, fixed: Fixed): number {
  if (tokensOf(fixed) > contextTokens)
    throw new DomainError(
      'context_length_exceeded',
      `The message and the system prompt take more than the ${contextTokens} tokens of the model's window.`,
    );
  return Math.floor((contextTokens - maxOutputTokens) / FOREIGN_TOKENS) - tokensOf(fixed);
}

/** @param history that fits, oldest first. One that begins with an answer loses that: providers want a question first. */
export function toContext(
  { contextTokens, maxOutputTokens, sized }: ModelInfo,
  fixed: Fixed,
  history: readonly GivenMessage[],
): { readonly context: TurnContext; readonly history: readonly GivenMessage[] } {
  const first = history.findIndex(({ role }) => role === 'user');
  const given = first < 0 ? [] : history.slice(first);
  const promptTokens = given.reduce((sum, { tokens }) => sum + tokens + MESSAGE_TOKENS, tokensOf(fixed));
  const left = contextTokens - Math.ceil(promptTokens * FOREIGN_TOKENS);
  return {
    context: {
      windowTokens: contextTokens,
      promptTokens,
      answerTokens: sized ? Math.max(1, Math.min(maxOutputTokens, left)) : null,
      systemPrompt: fixed.systemPrompt,
      from: given[0]?.id ?? null,
    },
    history: given,
  };
}

/** Everything that a call of that model can take: what it is given, and the longest answer. */
export const mostTokens = ({ promptTokens, answerTokens }: TurnContext, model: ModelInfo): number =>
  promptTokens + (answerTokens ?? model.maxOutputTokens);

/** The call that writes a reply. */
export function toChatRequest(
  model: string,
  { systemPrompt, answerTokens }: TurnContext,
  history: readonly ChatTurn[],
  question: string,
): ChatRequest {
  const system: ChatTurn[] = systemPrompt ? [{ role: 'system', content: systemPrompt }] : [];
  const turns = [...system, ...history, { role: 'user' as const, content: question }];
  return { model, maxTokens: answerTokens, turns: turns.map(({ role, content }) => ({ role, content })) };
}
