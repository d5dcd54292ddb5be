import { customCleanEnv, EnvMissingError } from 'envalid';
import { readFileSync } from 'node:fs';
import {
  baseUrl,
  chains,
  duration,
  headerText,
  integer,
  list,
  modelSizes,
  oneOf,
  origin,
  origins,
  rateLimit,
  readableFile,
  secrets,
  share,
  text,
  trustProxy,
  url,
} from './validators';

export type Environment = Readonly<Record<string, string | undefined>>;

const none = { default: undefined };
/** As OpenTelemetry names them. */
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
const postgresUrl = url('postgres:', 'postgresql:');

/** Every environment variable that Parley reads, with what it takes and its default. `.env.example` explains each. */
export const VARIABLES = {
  NODE_ENV: oneOf('development', 'test', 'production')({ default: 'development' }),
  HOST: text()({ default: '0.0.0.0' }),
  PORT: integer(0, 65_535)({ default: 3000 }),
  TRUST_PROXY: trustProxy({ default: false }),
  PUBLIC_URL: origin(none),
  CORS_ORIGINS: origins({ default: [] }),
  DATA_DIR: text()({ default: '.parley' }),
  DATABASE_URL: postgresUrl(none),
  DATABASE_DIRECT_URL: postgresUrl(none),
  DATABASE_POOL: integer(1, 200)({ default: 10 }),
  MIGRATIONS: oneOf('auto', 'manual')({ default: 'auto' }),
  JWT_SECRET: text(32)(none),
  JWT_SECRETS: secrets(none),
  BCRYPT_COST: integer(4, 15)({ default: 12 }),
  PASSWORD_BREACH_LIST: readableFile(none),
  GUESTS: oneOf('on', 'off')({ default: 'on' }),
  GUEST_TTL: duration({ default: 30 * 86_400_000 }),
  REGISTRATION: oneOf('open', 'closed')({ default: 'open' }),
  ADMIN_USERNAME: text(3, 80)(none),
  ADMIN_PASSWORD: text(8, 128)(none),
  SESSION_PROTECTION: oneOf('strong', 'off')({ default: 'strong' }),
  SESSION_IDLE_TTL: duration({ default: 30 * 86_400_000 }),
  SESSION_MAX_TTL: duration({ default: 90 * 86_400_000 }),
  RATE_LIMITS: oneOf('on', 'off')({ default: 'on' }),
  LIMIT_LOGIN: rateLimit({ default: { limit: 10, windowMs: 60_000 } }),
  LIMIT_GUEST: rateLimit({ default: { limit: 60, windowMs: 3_600_000 } }),
  LIMIT_REGISTER: rateLimit({ default: { limit: 20, windowMs: 3_600_000 } }),
  LIMIT_SEND: rateLimit({ default: { limit: 60, windowMs: 60_000 } }),
  LIMIT_SEND_ADDRESS: rateLimit({ default: { limit: 300, windowMs: 60_000 } }),
  LIMIT_DEFAULT: rateLimit({ default: { limit: 600, windowMs: 60_000 } }),
  WS_MAX_CONNECTIONS_PER_USER: integer(1, 100_000)({ default: 10 }),
  WS_MAX_CONNECTIONS_PER_IP: integer(1, 100_000)({ default: 50 }),
  MESSAGE_MAX_CHARS: integer(1, 20_000)({ default: 5_000 }),
  REPLY_MAX_CHARS: integer(1, 5_000_000)({ default: 200_000 }),
  SEND_WAIT_SECONDS: integer(1, 600)({ default: 50 }),
  DRAIN_SECONDS: integer(0, 600)({ default: 15 }),
  LLM_BASE_URL: baseUrl(none),
  LLM_API_KEY: headerText(none),
  LLM_MODELS: list(none),
  OPENAI_API_KEY: headerText(none),
  OPENAI_BASE_URL: baseUrl(none),
  DEEPSEEK_API_KEY: headerText(none),
  DEEPSEEK_BASE_URL: baseUrl(none),
  ANTHROPIC_API_KEY: headerText(none),
  ANTHROPIC_BASE_URL: baseUrl(none),
  GEMINI_API_KEY: headerText(none),
  GEMINI_BASE_URL: baseUrl(none),
  MISTRAL_API_KEY: headerText(none),
  MISTRAL_BASE_URL: baseUrl(none),
  OPENROUTER_API_KEY: headerText(none),
  OPENROUTER_BASE_URL: baseUrl(none),
  OLLAMA_BASE_URL: baseUrl(none),
  LLM_ALLOWED_MODELS: list(none),
  LLM_MODEL_SIZES: modelSizes(none),
  LLM_DEFAULT_MODEL: text()(none),
  LLM_TITLE_MODEL: text()(none),
  LLM_FALLBACKS: chains(none),
  LLM_MAX_CALLS: integer(1, 100_000)({ default: 2_500 }),
  LLM_MAX_QUEUED_CALLS: integer(0, 100_000)({ default: 500 }),
  LLM_BREAKER_RESET: duration({ default: 10_000 }),
  LLM_FIRST_TOKEN_TIMEOUT: duration({ default: 30_000 }),
  LLM_IDLE_TIMEOUT: duration({ default: 30_000 }),
  LLM_TOTAL_TIMEOUT: duration({ default: 300_000 }),
  COMPLETIONS_MAX_BODY: integer(1_024, 104_857_600)({ default: 10_485_760 }),
  QUOTA_TOKENS: integer(0, Number.MAX_SAFE_INTEGER)(none),
  QUOTA_PERIOD: oneOf('day', 'month')({ default: 'month' }),
  METRICS_PORT: integer(0, 65_535)({ default: 9464 }),
  OTEL_EXPORTER_OTLP_ENDPOINT: baseUrl(none),
  OTEL_EXPORTER_OTLP_HEADERS: text()(none),
  OTEL_SERVICE_NAME: text()({ default: 'parley' }),
  OTEL_RESOURCE_ATTRIBUTES: text()(none),
  OTEL_TRACES_SAMPLER: oneOf(...SAMPLERS)({ default: 'parentbased_always_on' }),
  OTEL_TRACES_SAMPLER_ARG: share(none),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')({ default: 'info' }),
  LOG_JSON: oneOf('true', 'false')(none),
};

/** Variables that may come from a file named by `<NAME>_FILE`, as secret stores mount them. */
export const SECRETS = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'JWT_SECRET',
  'JWT_SECRETS',
  'ADMIN_PASSWORD',
  'LLM_API_KEY',
  'OPENAI_API_KEY',
  'DEEPSEEK_API_KEY',
  'ANTHROPIC_API_KEY',
  'GEMINI_API_KEY',
  'MISTRAL_API_KEY',
  'OPENROUTER_API_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const;

/** A start that can't work: names every bad variable and what was expected of it, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

/** @throws ConfigError */
export function readEnvironment(environment: Environment) {
  const problems: string[] = [];
  const given = withSecretFiles(withoutEmpty(environment), problems);
  const values = customCleanEnv(given, VARIABLES, (clean) => clean, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors)) {
        problems.push(`${name}: ${error instanceof EnvMissingError ? 'is required' : error.message}`);
      }
    },
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}

export type Values = ReturnType<typeof readEnvironment>;

/** Compose and Helm hand on unset variables as empty ones. */
const withoutEmpty = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));

function withSecretFiles(environment: Environment, problems: string[]): Environment {
  const result = { ...environment };
  for (const name of SECRETS) {
    const path = environment[`${name}_FILE`];
    if (path === undefined) continue;
    if (environment[name] !== undefined) problems.push(`${name}_FILE: is set as well as ${name}; keep one`);
    try {
      result[name] = readFileSync(path, 'utf8').trim();
    } catch {
      problems.push(`${name}_FILE: expected the path of a readable file`);
    }
  }
  return result;
}
