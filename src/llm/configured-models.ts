import type { LlmConfig } from '../config/config';
import { ConfigError } from '../config/environment';
import { Models, type ModelInfo } from './chat-model';
import { modelId } from './model-id';

/** What a model is taken to have when nothing is known of it: little enough for any that is in use. */
const UNKNOWN_MODEL = { contextTokens: 8_192, maxOutputTokens: 4_096 };

/** The models of the configured provider, or the demo model where there is none. */
export class ConfiguredModels extends Models {
  readonly defaultId: string;
  private readonly byId: ReadonlyMap<string, ModelInfo>;

  /**
   * @param isAvailable whether a provider is known to be failing right now
   * @throws ConfigError – `LLM_DEFAULT_MODEL`, `LLM_TITLE_MODEL` or `LLM_FALLBACKS` names a model that is none of them.
   */
  constructor(
    { custom, defaultModel, titleModel, fallbacks }: LlmConfig,
    private readonly isAvailable: (provider: string) => boolean = () => true,
  ) {
    super();
    const models = custom ? custom.models.map((name) => toInfo('custom', name)) : [toInfo('demo', 'demo')];
    this.byId = new Map(models.map((model) => [model.id, model]));
    const [firstId = ''] = this.byId.keys();
    this.defaultId = defaultModel ?? firstId;
    this.require('LLM_DEFAULT_MODEL', [this.defaultId]);
    if (titleModel !== null) this.require('LLM_TITLE_MODEL', [titleModel]);
    this.require('LLM_FALLBACKS', Object.entries(fallbacks).flat(2));
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

function toInfo(provider: string, name: string): ModelInfo {
  return { id: modelId(provider, name), provider, ...UNKNOWN_MODEL, sized: false, available: true };
}
