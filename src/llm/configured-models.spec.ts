import { loadConfig } from '../config/config';
import type { LlmConfig } from '../config/llm-config';
import type { Environment } from '../config/environment';
import { ConfiguredModels } from './configured-models';

const config = (environment: Environment): LlmConfig =>
  loadConfig({ JWT_SECRET: 'x'.repeat(32), ...environment }).llm;
const provider = { LLM_BASE_URL: 'http://127.0.0.1/v1', LLM_MODELS: 'small,meta/llama' };
const idsOf = (environment: Environment) =>
  new ConfiguredModels(config(environment)).list().map(({ id }) => id);

describe('ConfiguredModels', () => {
  it('has the demo model alone when nothing is configured', () => {
    const models = new ConfiguredModels(config({}));
    expect(models.list().map(({ id }) => id)).toEqual(['demo/demo']);
    expect(models.defaultId).toBe('demo/demo');
  });

  it("has the configured provider's models in their order, and no demo", () => {
    const unknown = {
      ...{ provider: 'custom', contextTokens: 8_192, maxOutputTokens: 4_096 },
      ...{ sized: false, available: true },
    };
    expect(new ConfiguredModels(config(provider)).list()).toEqual([
      { id: 'custom/small', ...unknown },
      { id: 'custom/meta/llama', ...unknown },
    ]);
  });

  it('has those that are known of each provider that is switched on, in one order', () => {
    const keys = { DEEPSEEK_API_KEY: 'd', OPENAI_API_KEY: 'o', ...provider };
    expect(idsOf(keys)).toEqual([
      ...['custom/small', 'custom/meta/llama', 'openai/gpt-5.6-sol', 'openai/gpt-6.2-sol'],
      ...['openai/gpt-6.2-astra', 'openai/gpt-5-mini', 'deepseek/deepseek-flash', 'deepseek/deepseek-v4-pro'],
    ]);
    const models = new ConfiguredModels(config(keys));
    expect(models.find('openai/gpt-5.6-sol')).toMatchObject({ contextTokens: 1_050_000, sized: true });
    expect(models.defaultId).toBe('custom/small');
  });

  it('has exactly those that are allowed, in their order, known of or not', () => {
    const keys = { OPENAI_API_KEY: 'o', OLLAMA_BASE_URL: 'http://ollama/v1' };
    const allowed = 'ollama/llama3.2,openai/gpt-9,openai/gpt-5.6-sol';
    const models = new ConfiguredModels(config({ ...keys, LLM_ALLOWED_MODELS: allowed }));
    expect(models.list().map(({ id }) => id)).toEqual(allowed.split(','));
    expect(models.list().map(({ sized }) => sized)).toEqual([false, false, true]);
    expect(models.find('openai/gpt-6.2-sol')).toBeNull();
  });

  it.each([
    [
      'a provider without models',
      { OPENROUTER_API_KEY: 'r' },
      'is required to name the models of openrouter',
    ],
    [
      'one whose models are all left out',
      { OPENAI_API_KEY: 'o', GEMINI_API_KEY: 'g', LLM_ALLOWED_MODELS: 'openai/x' },
      'gemini',
    ],
    [
      'models of nobody',
      { OPENAI_API_KEY: 'o', LLM_ALLOWED_MODELS: 'openai/x,mistral/y' },
      'expected models of openai',
    ],
    ['no name at all', { OPENAI_API_KEY: 'o', LLM_ALLOWED_MODELS: 'openai/' }, 'expected models of openai'],
    [
      'a title model that there is not',
      { ...provider, LLM_TITLE_MODEL: 'custom/none' },
      'LLM_TITLE_MODEL: expected custom/small',
    ],
    [
      'a stand-in that there is not',
      { ...provider, LLM_FALLBACKS: 'custom/small>custom/none' },
      'LLM_FALLBACKS: expected',
    ],
  ])('refuses %s, and says what to set', (_, environment: Environment, message) => {
    expect(() => new ConfiguredModels(config(environment))).toThrow(message);
  });

  it('takes sizes from the configuration before those that are known', () => {
    const sizes = 'custom/small=131072:8192,openai/gpt-5.6-sol=1000:10';
    const models = new ConfiguredModels(config({ ...provider, OPENAI_API_KEY: 'o', LLM_MODEL_SIZES: sizes }));
    expect(models.find('custom/small')).toMatchObject({ contextTokens: 131_072, sized: true });
    expect(models.find('openai/gpt-5.6-sol')).toMatchObject({ contextTokens: 1_000, maxOutputTokens: 10 });
  });

  it('knows the sizes of a known provider under another name', () => {
    const own = { LLM_BASE_URL: 'https://eu.api.openai.com/v1', LLM_MODELS: 'gpt-5-mini' };
    expect(new ConfiguredModels(config(own)).find('custom/gpt-5-mini')).toMatchObject({ sized: true });
  });

  it('lists a model once that is configured twice', () => {
    expect(idsOf({ ...provider, LLM_MODELS: 'small,small' })).toHaveLength(1);
  });

  it('finds a model by its whole id only', () => {
    const models = new ConfiguredModels(config(provider));
    expect(models.find('custom/meta/llama')).toMatchObject({ provider: 'custom' });
    expect(models.find('small')).toBeNull();
    expect(models.find('custom/other')).toBeNull();
  });

  it('answers with the first model unless told otherwise', () => {
    expect(new ConfiguredModels(config(provider)).defaultId).toBe('custom/small');
    const told = config({ ...provider, LLM_DEFAULT_MODEL: 'custom/meta/llama' });
    expect(new ConfiguredModels(told).defaultId).toBe('custom/meta/llama');
  });

  it('refuses a default that is not among them, and names those that are', () => {
    const wrong = config({ ...provider, LLM_DEFAULT_MODEL: 'llama' });
    expect(() => new ConfiguredModels(wrong)).toThrow(
      'LLM_DEFAULT_MODEL: expected custom/small or custom/meta/llama',
    );
  });
});
