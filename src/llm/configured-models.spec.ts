import { loadConfig, type LlmConfig } from '../config/config';
import type { Environment } from '../config/environment';
import { ConfiguredModels } from './configured-models';

const config = (environment: Environment): LlmConfig =>
  loadConfig({ JWT_SECRET: 'x'.repeat(32), ...environment }).llm;
const provider = { LLM_BASE_URL: 'http://127.0.0.1/v1', LLM_MODELS: 'small,meta/llama' };

describe('ConfiguredModels', () => {
  it('has the demo model alone when nothing is configured', () => {
    const models = new ConfiguredModels(config({}));
    expect(models.list().map(({ id }) => id)).toEqual(['demo/demo']);
    expect(models.defaultId).toBe('demo/demo');
  });

  it("has the configured provider's models in their order, and no demo", () => {
    const models = new ConfiguredModels(config(provider));
    expect(models.list()).toEqual([
      {
        id: 'custom/small',
        provider: 'custom',
        contextTokens: 8_192,
        maxOutputTokens: 4_096,
        sized: false,
        available: true,
      },
      {
        id: 'custom/meta/llama',
        provider: 'custom',
        contextTokens: 8_192,
        maxOutputTokens: 4_096,
        sized: false,
        available: true,
      },
    ]);
  });

  it('lists a model once that is configured twice', () => {
    expect(new ConfiguredModels(config({ ...provider, LLM_MODELS: 'small,small' })).list()).toHaveLength(1);
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
