import type { Values } from './environment';

export interface ProviderConfig {
  /** What the ids of its models begin with. */
  readonly name: string;
  /** Null: where the provider of that name is. */
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
  /** Its own names of models besides those that are known of it. */
  readonly models: readonly string[];
}

export interface LlmConfig {
  /** In the order in which their models are offered; none: the demo model answers. */
  readonly providers: readonly ProviderConfig[];
  /** Ids of the models to offer, in their order; null: all that are known of. */
  readonly allowedModels: readonly string[] | null;
  /** By id: what is not known of a model, or otherwise. */
  readonly modelSizes: Readonly<
    Record<string, { readonly contextTokens: number; readonly maxOutputTokens: number }>
  >;
  /** `provider/model`; null: the first one. */
  readonly defaultModel: string | null;
  /** Writes the headings of conversations; null: they are the first words. */
  readonly titleModel: string | null;
  /** By model: those that answer in its place, in that order. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
  /** At a time, in this process. */
  readonly maxCalls: number;
  /** That wait for one of them to end. */
  readonly maxQueuedCalls: number;
  /** How long no call goes to a provider that is out of order. */
  readonly breakerResetMs: number;
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

function toProviders(env: Values): ProviderConfig[] {
  const custom = env.LLM_BASE_URL
    ? [
        {
          ...{ name: 'custom', baseUrl: env.LLM_BASE_URL, apiKey: env.LLM_API_KEY ?? null },
          models: [...(env.LLM_MODELS ?? [])],
        },
      ]
    : [];
  const known = [
    ['openai', env.OPENAI_API_KEY, env.OPENAI_BASE_URL],
    ['deepseek', env.DEEPSEEK_API_KEY, env.DEEPSEEK_BASE_URL],
    ['anthropic', env.ANTHROPIC_API_KEY, env.ANTHROPIC_BASE_URL],
    ['gemini', env.GEMINI_API_KEY, env.GEMINI_BASE_URL],
    ['mistral', env.MISTRAL_API_KEY, env.MISTRAL_BASE_URL],
    ['openrouter', env.OPENROUTER_API_KEY, env.OPENROUTER_BASE_URL],
  ] as const;
  const byKey = known.flatMap(([name, apiKey, baseUrl = null]) =>
    apiKey ? [{ name, apiKey, baseUrl, models: [] }] : [],
  );
  const ollama = env.OLLAMA_BASE_URL
    ? [{ name: 'ollama', baseUrl: env.OLLAMA_BASE_URL, apiKey: null, models: [] }]
    : [];
  return [...custom, ...byKey, ...ollama];
}

export const toLlm = (env: Values): LlmConfig => ({
  providers: toProviders(env),
  allowedModels: env.LLM_ALLOWED_MODELS ? [...env.LLM_ALLOWED_MODELS] : null,
  modelSizes: { ...env.LLM_MODEL_SIZES },
  defaultModel: env.LLM_DEFAULT_MODEL ?? null,
  titleModel: env.LLM_TITLE_MODEL ?? null,
  fallbacks: env.LLM_FALLBACKS ?? {},
  maxCalls: env.LLM_MAX_CALLS,
  maxQueuedCalls: env.LLM_MAX_QUEUED_CALLS,
  breakerResetMs: env.LLM_BREAKER_RESET,
  firstTokenTimeoutMs: env.LLM_FIRST_TOKEN_TIMEOUT,
  idleTimeoutMs: env.LLM_IDLE_TIMEOUT,
  totalTimeoutMs: env.LLM_TOTAL_TIMEOUT,
});
