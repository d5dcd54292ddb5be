import { countTokens } from '../common/tokens';
import { otherPartsOf, textsOf, type RequestMessage } from './request-messages';

/**
 * Of an image, whatever its size: to know that would take decoding it. OpenAI counts 765 for 1,024 × 1,024 in high detail
 * (platform.openai.com/docs/guides/images-vision), Anthropic up to 1,600 (docs.anthropic.com, vision), both read in November 2026.
 */
const TOKENS_AN_IMAGE = 1_000;

/** What a prompt takes, estimated: all its texts, the arguments of its tool calls, and a thousand for whatever is no text. */
export function estimatePrompt(messages: readonly RequestMessage[]): number {
  const texts = messages.flatMap((message) => [...textsOf(message), ...callsOf(message)]);
  const others = messages.reduce((sum, message) => sum + otherPartsOf(message), 0);
  return countTokens(texts.join('\n')) + others * TOKENS_AN_IMAGE; // together, since counting is bounded by text
}

const callsOf = ({ tool_calls }: RequestMessage): string[] =>
  tool_calls ? [JSON.stringify(tool_calls)] : [];
