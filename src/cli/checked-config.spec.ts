import { checkConfig } from './checked-config';

describe('A configuration that is checked', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['its environment', { PORT: 'eighty' }, /PORT: expected/],
    ['its default model', { LLM_DEFAULT_MODEL: 'no/such' }, /LLM_DEFAULT_MODEL: expected demo\/demo/],
    ['its title model', { LLM_TITLE_MODEL: 'no/such' }, /LLM_TITLE_MODEL/],
    ['what stands in for a model', { LLM_FALLBACKS: 'demo/demo>no/such' }, /LLM_FALLBACKS/],
    ['a provider without models', { OLLAMA_BASE_URL: 'http://127.0.0.1:11434/v1' }, /LLM_ALLOWED_MODELS/],
    [
      'its administrator',
      { ADMIN_USERNAME: 'x', ADMIN_PASSWORD: 'a good long one' },
      /ADMIN_USERNAME: expected/,
    ],
  ])('is refused as at a start for %s', (_what, environment, problem) => {
    expect(() => checkConfig(environment)).toThrow(problem);
  });

  it('is taken where a server would start', () => {
    expect(() =>
      checkConfig({
        OLLAMA_BASE_URL: 'http://127.0.0.1:11434/v1',
        LLM_ALLOWED_MODELS: 'ollama/any',
        ADMIN_USERNAME: 'Root',
        ADMIN_PASSWORD: 'a good long one',
      }),
    ).not.toThrow();
  });
});
