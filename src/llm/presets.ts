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

const size = (contextTokens: number, maxOutputTokens: number): ModelSize => ({
  contextTokens,
  maxOutputTokens,
});

/**
 * In the order in which they are offered; the first model of each answers by default, so it is none of the dear ones. The pages were read
 * in stored copies on 2026-11-28. test/contracts/provider-rules.ts cites the pages for the dialects.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  // developers.openai.com/api/docs/models, and .../models/gpt-5.6-sol and .../models/gpt-5-mini
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    dialect: {
      ...PLAIN,
      maxTokens: 'max_completion_tokens',
      renamed: { max_tokens: 'max_completion_tokens' },
    },
    models: {
      'gpt-5.6-sol': size(1_050_000, 128_000),
      'gpt-6.2-sol': size(1_050_000, 128_000),
      'gpt-6.2-astra': size(1_050_000, 128_000),
      'gpt-5-mini': size(400_000, 128_000),
    },
  },
  // api-docs.deepseek.com/zh-cn/quick_start/pricing: 1M and 384K
  deepseek: {
    baseUrl: 'https://api.deepseek.com',
    dialect: COMPATIBLE,
    models: { 'deepseek-flash': size(1_000_000, 384_000), 'deepseek-v4-pro': size(1_000_000, 384_000) },
  },
  // platform.claude.com/docs/en/models/haiku-5-5/overview, whose table has all three: 1M and 128K
  anthropic: {
    baseUrl: 'https://api.anthropic.com/v1',
    dialect: { ...COMPATIBLE, hasDeveloperRole: true },
    models: {
      'claude-sonnet-5-5': size(1_000_000, 128_000),
      'claude-haiku-5-5': size(1_000_000, 128_000),
      'claude-opus-5-5': size(1_000_000, 128_000),
    },
  },
  // docs.cloud.google.com/gemini-enterprise-agent-platform/models/guides/gemini-3-8-flash and .../models/gemini/4-carbon
  gemini: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    dialect: { ...COMPATIBLE, withoutSystem: /^(models\/)?gemma-[123]/ },
    models: { 'gemini-3.8-flash': size(1_048_576, 65_536), 'gemini-4-carbon': size(1_048_576, 65_536) },
  },
  // docs.mistral.ai/models/mistral-medium-3-5-26-04 and .../mistral-small-4-0-26-03: 256k. No limit of the output but the window is named
  // there, so that one is ours.
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    dialect: { ...COMPATIBLE, renamed: { ...OLDER_NAME, seed: 'random_seed' }, asksForUsage: false },
    models: { 'mistral-medium-3.5': size(256_000, 32_000), 'mistral-small-latest': size(256_000, 32_000) },
  },
  // Hundreds of models: LLM_ALLOWED_MODELS names those to offer.
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    dialect: { ...COMPATIBLE, hasDeveloperRole: true, asksForUsage: false },
    models: {},
  },
  // Which models there are depends on what was pulled.
  ollama: { baseUrl: null, dialect: COMPATIBLE, models: {} },
};

/** What is known of an address: a provider named `custom` may be one of these, too. */
export function presetAt(baseUrl: string): Preset | null {
  const host = `.${new URL(baseUrl).hostname}`;
  // Regional addresses are names below the main one, such as eu.api.openai.com.
  const found = Object.values(PRESETS).find(
    (preset) => preset.baseUrl !== null && host.endsWith(`.${new URL(preset.baseUrl).hostname}`),
  );
  return found ?? null;
}
