import { readEnvironment, SECRETS, VARIABLES } from './environment';
import { ADDRESSES, SHOWN, showConfig } from './shown-config';

/** Not secret by themselves, but anybody's words. */
const KEPT_BACK = ['ADMIN_USERNAME', 'OTEL_RESOURCE_ATTRIBUTES'];

const CANARY = 'canary-of-thirty-two-characters-or-more';

describe('The configuration as it is shown', () => {
  it('has every variable, and somebody has decided for each whether it is a secret', () => {
    const decided = [...SHOWN, ...ADDRESSES, ...SECRETS, ...KEPT_BACK];
    expect(decided.sort()).toEqual(Object.keys(VARIABLES).sort());
    expect(Object.keys(showConfig({})).sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('shows no secret, and says that it is set', () => {
    const shown = showConfig({
      ...Object.fromEntries([...SECRETS, ...KEPT_BACK].map((name) => [name, CANARY])),
      DATABASE_URL: `postgres://parley:${CANARY}@db/parley`,
      DATABASE_DIRECT_URL: `postgres://parley:${CANARY}@db/parley`,
      LLM_BASE_URL: `https://llm.example.com/v1?key=${CANARY}`,
      LLM_MODELS: 'a',
    });
    expect(JSON.stringify(shown)).not.toContain('canary');
    expect(shown).toMatchObject({
      JWT_SECRET: '(set, not shown)',
      LLM_BASE_URL: 'https://llm.example.com/v1',
    });
    expect(shown.OPENAI_BASE_URL).toBeNull();
  });

  it('can be read again, defaults included', () => {
    const shown = showConfig({ LIMIT_LOGIN: '7/1m', TRUST_PROXY: '2' });
    expect(shown).toMatchObject({
      LIMIT_LOGIN: '7/1m',
      LIMIT_GUEST: '60/1h',
      GUEST_TTL: '30d',
    });
    const given = Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, value ?? '']));
    expect(readEnvironment(given)).toEqual(readEnvironment({ LIMIT_LOGIN: '7/1m', TRUST_PROXY: '2' }));
  });
});
