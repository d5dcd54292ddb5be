import { loadConfig } from './config';
import { ConfigError, type Environment } from './environment';

const load = (environment: Environment) => loadConfig({ JWT_SECRET: 'x'.repeat(32), ...environment });

/** What is wrong with an environment, a line each. */
function faultsOf(environment: Environment): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('The configuration of models', () => {
  it.each<[string, Environment, unknown]>([
    [
      'several providers at once, in one order',
      {
        ...{ OLLAMA_BASE_URL: 'http://ollama/v1', MISTRAL_API_KEY: 'm', OPENAI_API_KEY: 'o' },
        ...{
          OPENAI_BASE_URL: 'https://eu.api.openai.com/v1',
          LLM_BASE_URL: 'http://llm/v1',
          LLM_MODELS: 'a',
        },
      },
      {
        llm: {
          providers: [
            { name: 'custom', baseUrl: 'http://llm/v1', apiKey: null, models: ['a'] },
            { name: 'openai', baseUrl: 'https://eu.api.openai.com/v1', apiKey: 'o', models: [] },
            { name: 'mistral', baseUrl: null, apiKey: 'm', models: [] },
            { name: 'ollama', baseUrl: 'http://ollama/v1', apiKey: null, models: [] },
          ],
        },
      },
    ],
    [
      'models and their sizes',
      {
        LLM_ALLOWED_MODELS: 'a/b, c/d/e',
        LLM_MODEL_SIZES: 'a/b=100:10,c/d/e=1000000:1',
        LLM_TITLE_MODEL: 'a/b',
      },
      {
        llm: {
          allowedModels: ['a/b', 'c/d/e'],
          titleModel: 'a/b',
          modelSizes: {
            'a/b': { contextTokens: 100, maxOutputTokens: 10 },
            'c/d/e': { contextTokens: 1_000_000, maxOutputTokens: 1 },
          },
        },
      },
    ],
    [
      'models that stand in',
      { LLM_FALLBACKS: 'a/x > b/y>c/z, b/y>a/x', LLM_MAX_CALLS: '5', LLM_BREAKER_RESET: '2s' },
      { llm: { fallbacks: { 'a/x': ['b/y', 'c/z'], 'b/y': ['a/x'] }, maxCalls: 5, breakerResetMs: 2_000 } },
    ],
    [
      'a provider without a key',
      { LLM_BASE_URL: 'http://llm/v1', LLM_MODELS: 'a, b/c' },
      {
        llm: {
          providers: [{ name: 'custom', baseUrl: 'http://llm/v1', apiKey: null, models: ['a', 'b/c'] }],
        },
      },
    ],
  ])('takes %s', (_what, environment, expected) => {
    expect(load(environment)).toMatchObject(expected as object);
  });

  it.each(['a/b', 'a/b=1', 'a=2:1', 'a/b=10:10', 'a/b=10:0', 'a/b=1e3:1', 'a/b=100:10,'])(
    'refuses %j as sizes of models',
    (sizes) => {
      expect(faultsOf({ LLM_MODEL_SIZES: sizes })).toEqual([expect.stringContaining('LLM_MODEL_SIZES')]);
    },
  );

  it.each(['a', 'a>', 'a>a', 'a>b>b', 'a>b,a>c', '>b', 'a>b,'])(
    'refuses %j as chains of models',
    (chains) => {
      expect(faultsOf({ LLM_FALLBACKS: chains })).toEqual([expect.stringContaining('LLM_FALLBACKS')]);
    },
  );
});
