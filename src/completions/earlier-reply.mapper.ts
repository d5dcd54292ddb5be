import type { Chunk } from './completion-calls';
import type { EarlierReply } from './kept-completions.service';

/** A kept reply as the completion that it was, but for what is not kept. */
export function toCompletion({ message, text }: EarlierReply): Chunk {
  const choice = {
    index: 0,
    message: { role: 'assistant', content: text, refusal: null },
    logprobs: null,
    finish_reason: message.finishReason,
  };
  const usage = usageOf(message);
  return { ...headOf(message), object: 'chat.completion', choices: [choice], ...(usage && { usage }) };
}

/** The same in chunks: the whole text at once, its end, and what it took. */
export function toCompletionChunks({ message, text }: EarlierReply): Chunk[] {
  const chunk = (delta: object, finish_reason: string | null) => ({
    ...headOf(message),
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  const usage = usageOf(message);
  return [
    chunk({ role: 'assistant', content: text }, null),
    chunk({}, message.finishReason),
    ...(usage ? [{ ...chunk({}, null), choices: [], usage }] : []),
  ];
}

const headOf = ({ id, createdAt, model }: EarlierReply['message']) => ({
  id: `chatcmpl-${id}`,
  created: Math.floor(createdAt.getTime() / 1000),
  model,
});

function usageOf({ promptTokens, completionTokens }: EarlierReply['message']) {
  if (promptTokens === null || completionTokens === null) return null;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
