import type { ModelInfo } from '../../src/llm/chat-model';

/** One that nothing is known of. */
export const aModel = (id = 'custom/any', parts: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  provider: id.slice(0, id.indexOf('/')),
  contextTokens: 8_192,
  maxOutputTokens: 4_096,
  sized: false,
  available: true,
  ...parts,
});
