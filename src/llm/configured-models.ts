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

  /** @throws ConfigError – `LLM_DEFAULT_MODEL` names none of them. */
  constructor({ custom, defaultModel }: LlmConfig) {
    super();
    const models = custom ? custom.models.map((name) => toInfo('custom', name)) : [toInfo('demo', 'demo')];
    this.byId = new Map(models.map((model) => [model.id, model]));
    const [firstId = ''] = this.byId.keys();
    this.defaultId = defaultModel ?? firstId;
    if (!this.byId.has(this.defaultId)) {
      throw new ConfigError([`LLM_DEFAULT_MODEL: expected ${[...this.byId.keys()].join(' or ')}`]);
    }
  }

  list(): readonly ModelInfo[] {
    return [...this.byId.values()];
  }

  find(id: string): ModelInfo | null {
    return this.byId.get(id) ?? null;
  }
}

function toInfo(provider: string, name: string): ModelInfo {
  return { id: modelId(provider, name), provider, ...UNKNOWN_MODEL, sized: false, available: true };
}
