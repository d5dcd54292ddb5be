import { loadConfig } from './config';
import { ConfigError, SECRETS, VARIABLES, type Environment } from './environment';

const SECRET = 'x'.repeat(32);
const load = (environment: Environment = {}) => loadConfig({ JWT_SECRET: SECRET, ...environment });

/** What is wrong with an environment, a line each. */
function faultsOf(environment: Environment): readonly string[] {
  try {
    loadConfig({ JWT_SECRET: SECRET, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('The configuration', () => {
  describe('with nothing set', () => {
    it('listens to everybody, trusts no proxy and no other origin', () => {
      expect(load().http).toEqual({
        host: '0.0.0.0',
        port: 3000,
        trustProxy: false,
        publicUrl: null,
        corsOrigins: [],
      });
    });

    it('has a database of its own, and migrates it', () => {
      expect(load().database).toEqual({ url: null, directUrl: null, poolSize: 10, migrate: true });
    });

    it('has strong hashes and long sessions', () => {
      const [sessionIdleMs, sessionMaxMs] = [30 * 86_400_000, 90 * 86_400_000];
      expect(load().auth).toMatchObject({
        bcryptCost: 12,
        protectSessions: true,
        sessionIdleMs,
        sessionMaxMs,
      });
    });

    it('lets guests in and people register, and makes nobody an administrator', () => {
      expect(load().auth).toMatchObject({ guests: true, registration: true, firstAdmin: null });
    });

    it('signs by one secret', () => {
      expect(load().auth.jwtSecrets).toEqual([SECRET]);
    });

    it('has every limit on', () => {
      expect(load().limits).toEqual({
        enabled: true,
        login: { limit: 10, windowMs: 60_000 },
        guest: { limit: 60, windowMs: 3_600_000 },
        register: { limit: 20, windowMs: 3_600_000 },
        send: { limit: 60, windowMs: 60_000 },
        sendAddress: { limit: 300, windowMs: 60_000 },
        default: { limit: 600, windowMs: 60_000 },
        ...{ socketsPerUser: 10, socketsPerAddress: 50 },
      });
    });

    it('has room for long talks and patience with models', () => {
      expect(load().replies).toEqual({
        messageMaxChars: 5_000,
        replyMaxChars: 200_000,
        sendWaitMs: 50_000,
        drainMs: 15_000,
      });
      expect(load().llm).toEqual({
        providers: [],
        allowedModels: null,
        modelSizes: {},
        defaultModel: null,
        titleModel: null,
        fallbacks: {},
        maxCalls: 2_500,
        maxQueuedCalls: 500,
        breakerResetMs: 10_000,
        firstTokenTimeoutMs: 30_000,
        idleTimeoutMs: 30_000,
        totalTimeoutMs: 300_000,
      });
    });

    it('logs for people, and in production for programs', () => {
      expect(load().log).toEqual({ level: 'info', json: false });
      const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/parley' };
      expect(load(production).log.json).toBe(true);
      expect(load({ ...production, LOG_JSON: 'false' }).log.json).toBe(false);
    });
  });

  it.each<[string, Environment, unknown]>([
    ['proxies by number', { TRUST_PROXY: '2' }, { http: { trustProxy: 2 } }],
    [
      'proxies by address',
      { TRUST_PROXY: 'loopback, 10.0.0.0/8,::1' },
      { http: { trustProxy: ['loopback', '10.0.0.0/8', '::1'] } },
    ],
    [
      'origins',
      { CORS_ORIGINS: 'https://a.example, http://localhost:5173' },
      { http: { corsOrigins: ['https://a.example', 'http://localhost:5173'] } },
    ],
    [
      'a database, by default for migrations too',
      { DATABASE_URL: 'postgres://u:p@db/x' },
      { database: { url: 'postgres://u:p@db/x', directUrl: 'postgres://u:p@db/x' } },
    ],
    [
      'a way past a pooler',
      { DATABASE_URL: 'postgres://pool/x', DATABASE_DIRECT_URL: 'postgresql://db/x' },
      { database: { url: 'postgres://pool/x', directUrl: 'postgresql://db/x' } },
    ],
    [
      'a place of its own',
      { PUBLIC_URL: 'https://a.example/' },
      { http: { publicUrl: 'https://a.example' } },
    ],
    [
      'secrets, the newest first, before the one',
      { JWT_SECRETS: `${'y'.repeat(32)}, ${SECRET}` },
      { auth: { jwtSecrets: ['y'.repeat(32), SECRET] } },
    ],
    [
      'an administrator',
      { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'quartz lemon' },
      { auth: { firstAdmin: { username: 'root', password: 'quartz lemon' } } },
    ],
    [
      'a closed house',
      { GUESTS: 'off', REGISTRATION: 'closed', GUEST_TTL: '2d', SESSION_PROTECTION: 'off' },
      { auth: { guests: false, registration: false, guestTtlMs: 172_800_000, protectSessions: false } },
    ],
    ['migrations by hand', { MIGRATIONS: 'manual' }, { database: { migrate: false } }],
    [
      'durations',
      { SESSION_IDLE_TTL: '90m', LLM_IDLE_TIMEOUT: '1500ms' },
      { auth: { sessionIdleMs: 5_400_000 }, llm: { idleTimeoutMs: 1500 } },
    ],
    [
      'limits',
      { LIMIT_SEND: '3/1m', RATE_LIMITS: 'off' },
      { limits: { enabled: false, send: { limit: 3, windowMs: 60_000 }, socketsPerUser: Infinity } },
    ],
    [
      'sockets',
      { WS_MAX_CONNECTIONS_PER_USER: '3', WS_MAX_CONNECTIONS_PER_IP: '7' },
      { limits: { socketsPerUser: 3, socketsPerAddress: 7 } },
    ],
    [
      'a quota',
      { QUOTA_TOKENS: '0', QUOTA_PERIOD: 'day' },
      { usage: { quotaTokens: 0, quotaPeriod: 'day' } },
    ],
  ])('takes %s', (_what, environment, expected) => {
    expect(load(environment)).toMatchObject(expected as object);
  });

  it('takes what is empty for unset', () => {
    const empty = Object.fromEntries(
      [...Object.keys(VARIABLES), ...SECRETS.map((name) => `${name}_FILE`)].map((name) => [name, '']),
    );
    expect(loadConfig({ ...empty, JWT_SECRET: SECRET })).toEqual(load());
  });

  it('cannot be changed', () => {
    expect(() => Object.assign(load().limits.login, { limit: 1_000 })).toThrow(TypeError);
    expect(() => load().http.corsOrigins.push('https://evil.example')).toThrow(TypeError);
  });

  describe('that is wrong', () => {
    const WRONG: Environment = {
      ...{ NODE_ENV: 'hunter2', PORT: '65536', TRUST_PROXY: 'hunter2', CORS_ORIGINS: 'https://hunter2/' },
      ...{
        DATABASE_URL: 'mysql://hunter2',
        DATABASE_DIRECT_URL: 'hunter2',
        DATABASE_POOL: '0',
        MIGRATIONS: 'hunter2',
      },
      ...{ JWT_SECRET: 'hunter2', BCRYPT_COST: '16', SESSION_IDLE_TTL: 'hunter2', SESSION_MAX_TTL: '0s' },
      ...{ RATE_LIMITS: 'hunter2', LIMIT_LOGIN: 'hunter2', LIMIT_GUEST: '0/1m', LIMIT_REGISTER: '1/hunter2' },
      ...{ LIMIT_SEND: '1', LIMIT_SEND_ADDRESS: '-1/1m', LIMIT_DEFAULT: '1/1', MESSAGE_MAX_CHARS: '20001' },
      ...{
        REPLY_MAX_CHARS: '1e3',
        SEND_WAIT_SECONDS: '0',
        DRAIN_SECONDS: '1.5',
        LLM_BASE_URL: 'ftp://hunter2',
      },
      ...{
        LLM_API_KEY: 'hunter2 hunter2',
        LLM_MODELS: 'a,,b',
        LLM_FIRST_TOKEN_TIMEOUT: '30',
        LLM_IDLE_TIMEOUT: '30 s',
      },
      ...{ PUBLIC_URL: 'https://hunter2/path', JWT_SECRETS: `${SECRET},hunter2`, GUESTS: 'hunter2' },
      ...{ REGISTRATION: 'hunter2', SESSION_PROTECTION: 'hunter2', GUEST_TTL: 'hunter2' },
      ...{ PASSWORD_BREACH_LIST: '/hunter2', ADMIN_USERNAME: 'hu', ADMIN_PASSWORD: 'hunter2' },
      ...{ OPENAI_API_KEY: 'hunter 2', OLLAMA_BASE_URL: 'hunter2', MISTRAL_BASE_URL: 'ftp://hunter2' },
      ...{ LLM_ALLOWED_MODELS: 'a,', LLM_MODEL_SIZES: 'hunter2' },
      ...{
        LLM_FALLBACKS: 'hunter2',
        LLM_MAX_CALLS: '0',
        LLM_MAX_QUEUED_CALLS: '-1',
        LLM_BREAKER_RESET: '0s',
      },
      ...{ QUOTA_TOKENS: '-1', QUOTA_PERIOD: 'hunter2' },
      ...{ LLM_TOTAL_TIMEOUT: '20y', LOG_LEVEL: 'hunter2', LOG_JSON: 'hunter2' },
    };

    it('names every bad variable at once', () => {
      const named = faultsOf(WRONG).map((fault) => fault.split(':')[0]);
      expect(named.sort()).toEqual(Object.keys(WRONG).sort());
    });

    it('says what was expected and never what was given', () => {
      const text = faultsOf(WRONG).join('\n');
      for (const fault of faultsOf(WRONG)) expect(fault).toMatch(/: expected ./);
      for (const value of ['hunter2', '65536', '20001', '1e3', '20y']) expect(text).not.toContain(value);
    });

    it.each<[string, Environment, string]>([
      ['a provider without models', { LLM_BASE_URL: 'http://llm/v1' }, 'LLM_MODELS'],
      ['models without a provider', { LLM_MODELS: 'a' }, 'LLM_BASE_URL'],
      ['an administrator without a password', { ADMIN_USERNAME: 'root' }, 'ADMIN_PASSWORD'],
      ['a password without an administrator', { ADMIN_PASSWORD: 'quartz lemon' }, 'ADMIN_USERNAME'],
      [
        'sessions that rest longer than they live',
        { SESSION_IDLE_TTL: '2d', SESSION_MAX_TTL: '1d' },
        'SESSION_IDLE_TTL',
      ],
    ])('does not go with %s', (_what, environment, name) => {
      expect(faultsOf(environment).map((fault) => fault.split(':')[0])).toEqual([name]);
    });
  });
});
