import type { LlmConfig, ProviderConfig } from '../config/llm-config';
import { ConfigError } from '../config/environment';
import { Models, type ModelInfo } from './chat-model';
import { modelId, modelName, providerName } from './model-id';
import { presetAt, PRESETS, type ModelSize } from './presets';

/** What a model is taken to have when nothing is known of it: little enough for any that is in use. */
const UNKNOWN_MODEL: ModelSize = { contextTokens: 8_192, maxOutputTokens: 4_096 };

type Settings = Pick<
  LlmConfig,
  'providers' | 'allowedModels' | 'modelSizes' | 'defaultModel' | 'titleModel' | 'fallbacks'
>;

/** The models of the configured providers, or the demo model where there is none. */
export class ConfiguredModels extends Models {
  readonly defaultId: string;
  private readonly byId: ReadonlyMap<string, ModelInfo>;

  /**
   * @param isAvailable false while a provider is known to be failing
   * @throws ConfigError – a provider without any model, or a setting that names a model that there is not.
   */
  constructor(
    settings: Settings,
    private readonly isAvailable: (provider: string) => boolean = () => true,
  ) {
    super();
    const models = offered(settings).map((id) => toInfo(id, settings));
    this.byId = new Map(models.map((model) => [model.id, model]));
    const [firstId = ''] = this.byId.keys();
    this.defaultId = settings.defaultModel ?? firstId;
    this.require('LLM_DEFAULT_MODEL', [this.defaultId]);
    if (settings.titleModel !== null) this.require('LLM_TITLE_MODEL', [settings.titleModel]);
    this.require('LLM_FALLBACKS', Object.entries(settings.fallbacks).flat(2));
  }

  list(): readonly ModelInfo[] {
    return [...this.byId.values()].map((model) => this.asItIs(model));
  }

  find(id: string): ModelInfo | null {
    const model = this.byId.get(id);
    return model ? this.asItIs(model) : null;
  }

  private asItIs(model: ModelInfo): ModelInfo {
    return this.isAvailable(model.provider) ? model : { ...model, available: false };
  }

  private require(variable: string, ids: readonly string[]): void {
    if (ids.every((id) => this.byId.has(id))) return;
    throw new ConfigError([`${variable}: expected ${[...this.byId.keys()].join(' or ')}`]);
  }
}

/** Ids, in the order in which they are shown. @throws ConfigError */
function offered({ providers, allowedModels }: Settings): readonly string[] {
  if (providers.length === 0) return [modelId('demo', 'demo')];
  const ids = allowedModels ?? providers.flatMap(modelsOf);
  const names = providers.map(({ name }) => name);
  if (ids.some((id) => !names.includes(providerName(id)) || modelName(id) === ''))
    throw new ConfigError([
      `LLM_ALLOWED_MODELS: expected models of ${names.join(' or ')}, such as ${names[0]}/name`,
    ]);
  const silent = names.filter((name) => !ids.some((id) => providerName(id) === name));
  if (silent.length > 0)
    throw new ConfigError([`LLM_ALLOWED_MODELS: is required to name the models of ${silent.join(' and ')}`]);
  return ids;
}

const modelsOf = ({ name, models }: ProviderConfig): string[] =>
  [...models, ...Object.keys(PRESETS[name]?.models ?? {})].map((model) => modelId(name, model));

function toInfo(id: string, { providers, modelSizes }: Settings): ModelInfo {
  const provider = providerName(id);
  const baseUrl = providers.find(({ name }) => name === provider)?.baseUrl;
  const preset = PRESETS[provider] ?? (baseUrl ? presetAt(baseUrl) : null);
  const known = modelSizes[id] ?? preset?.models[modelName(id)];
  return { id, provider, ...(known ?? UNKNOWN_MODEL), sized: known !== undefined, available: true };
}
