import { countTokens } from '../common/tokens';
import type { CompletionBody } from './completion-request';
import { otherPartsOf, textsOf, type RequestMessage } from './request-messages';

/**
 * Of an image, whatever its size: to know that would take decoding it. OpenAI counts 765 for 1,024 × 1,024 in high detail
 * (platform.openai.com/docs/guides/images-vision), Anthropic up to 1,600 (docs.anthropic.com, vision), both read in November 2026.
 */
const TOKENS_AN_IMAGE = 1_000;

/** Members that a model is given besides its messages. */
const GIVEN_BESIDES = ['tools', 'functions', 'response_format', 'prediction'];

/** What a prompt takes, estimated: its texts, tools and tool calls, and a thousand for whatever is no text. */
export function estimatePrompt(messages: readonly RequestMessage[], body: CompletionBody): number {
  const besides = GIVEN_BESIDES.flatMap((name) => (body[name] ? [JSON.stringify(body[name])] : []));
  const texts = [...messages.flatMap((message) => [...textsOf(message), ...callsOf(message)]), ...besides];
  const others = messages.reduce((sum, message) => sum + otherPartsOf(message), 0);
  return countTokens(texts.join('\n')) + others * TOKENS_AN_IMAGE; // together, since counting is bounded by text
}

const callsOf = ({ tool_calls }: RequestMessage): string[] =>
  tool_calls ? [JSON.stringify(tool_calls)] : [];
