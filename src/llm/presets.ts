import { PLAIN, type Dialect } from './openai/dialect';

export interface ModelSize {
  /** Tokens that question, history and answer may have together. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
}

/** A provider that is known by name. */
export interface Preset {
  /** Null: its address is what switches it on. */
  readonly baseUrl: string | null;
  readonly dialect: Dialect;
  /** By the provider's own names: those that are offered where nothing is said. */
  readonly models: Readonly<Record<string, ModelSize>>;
}

/** Most providers know the older name only; OpenAI's newer models refuse it. */
const OLDER_NAME = { max_completion_tokens: 'max_tokens' };
const COMPATIBLE: Dialect = { ...PLAIN, renamed: OLDER_NAME, hasDeveloperRole: false };

/**
 * In the order in which they are offered. Sizes and differences were looked up on 2026-11-28, in stored copies of the pages named, where no
 * other day is given; docs/models.md has them as a table.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  // Sizes: vercel.com/ai-gateway/models/gpt-5.4.md and gpt-5.4-mini.md, which name developers.openai.com as their source.
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    dialect: {
      ...PLAIN,
      maxTokens: 'max_completion_tokens',
      renamed: { max_tokens: 'max_completion_tokens' },
    },
    models: {
      'gpt-5.4-mini': { contextTokens: 400_000, maxOutputTokens: 128_000 },
      'gpt-5.4': { contextTokens: 1_050_000, maxOutputTokens: 128_000 },
    },
  },
  // api-docs.deepseek.com/quick_start/pricing, as of 2026-04-26.
  deepseek: {
    baseUrl: 'https://api.deepseek.com',
    dialect: COMPATIBLE,
    models: {
      'deepseek-v4-flash': { contextTokens: 1_000_000, maxOutputTokens: 384_000 },
      'deepseek-v4-pro': { contextTokens: 1_000_000, maxOutputTokens: 384_000 },
    },
  },
  // platform.claude.com/docs/en/api/openai-sdk; sizes are those that all three have without a beta: 200,000 and 64,000.
  anthropic: {
    baseUrl: 'https://api.anthropic.com/v1',
    dialect: COMPATIBLE,
    models: {
      'claude-sonnet-4-6': { contextTokens: 200_000, maxOutputTokens: 64_000 },
      'claude-haiku-4-5': { contextTokens: 200_000, maxOutputTokens: 64_000 },
      'claude-opus-4-6': { contextTokens: 200_000, maxOutputTokens: 64_000 },
    },
  },
  // cloud.google.com/vertex-ai/generative-ai/docs/models/gemini/2-5-flash. Gemma: github.com/google/adk-python/issues/3900.
  gemini: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    dialect: { ...COMPATIBLE, withoutSystem: /^(models\/)?gemma-/ },
    models: {
      'gemini-2.5-flash': { contextTokens: 1_048_576, maxOutputTokens: 65_535 },
      'gemini-2.5-pro': { contextTokens: 1_048_576, maxOutputTokens: 65_535 },
    },
  },
  // Size: contextwindows.dev/models/mistral-large-3. `stream_options`: github.com/openai/openai-agents-python/issues/442.
  // `max_completion_tokens`: github.com/editor-code-assistant/eca/issues/231. `random_seed`: docs.mistral.ai/api.
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    dialect: {
      ...COMPATIBLE,
      renamed: { ...OLDER_NAME, seed: 'random_seed' },
      asksForUsage: false,
      requiredTool: 'any',
    },
    models: { 'mistral-large-latest': { contextTokens: 256_000, maxOutputTokens: 8_191 } },
  },
  // Hundreds of models: LLM_ALLOWED_MODELS names those to offer.
  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', dialect: COMPATIBLE, models: {} },
  // docs.ollama.com/api/openai-compatibility. Which models there are depends on what was pulled.
  ollama: { baseUrl: null, dialect: COMPATIBLE, models: {} },
};

/** What is known of an address: a provider named `custom` may be one of these, too. */
export function presetAt(baseUrl: string): Preset | null {
  const hostOf = (address: string) => new URL(address).host;
  const found = Object.values(PRESETS).find(
    (preset) => preset.baseUrl !== null && hostOf(preset.baseUrl) === hostOf(baseUrl),
  );
  return found ?? null;
}
