import { checkEnvironment } from './config';
import type { RateLimit } from './validators';
import { SECRETS, type Environment, type VARIABLES } from './environment';

type Name = keyof typeof VARIABLES;

/** What is known to be no secret, nor to have one in it. A variable that stands nowhere here is not shown. */
export const SHOWN: ReadonlySet<string> = new Set<Name>([
  ...(['NODE_ENV', 'HOST', 'PORT', 'TRUST_PROXY', 'PUBLIC_URL', 'CORS_ORIGINS', 'DATA_DIR'] as const),
  ...(['DATABASE_POOL', 'MIGRATIONS', 'BCRYPT_COST', 'PASSWORD_BREACH_LIST', 'GUESTS', 'GUEST_TTL'] as const),
  ...(['REGISTRATION', 'SESSION_PROTECTION', 'SESSION_IDLE_TTL', 'SESSION_MAX_TTL', 'RATE_LIMITS'] as const),
  ...(['LIMIT_LOGIN', 'LIMIT_GUEST', 'LIMIT_REGISTER', 'LIMIT_SEND', 'LIMIT_SEND_ADDRESS'] as const),
  ...(['LIMIT_DEFAULT', 'WS_MAX_CONNECTIONS_PER_USER', 'WS_MAX_CONNECTIONS_PER_IP'] as const),
  ...(['MESSAGE_MAX_CHARS', 'REPLY_MAX_CHARS', 'SEND_WAIT_SECONDS', 'DRAIN_SECONDS', 'LLM_MODELS'] as const),
  ...(['LLM_ALLOWED_MODELS', 'LLM_MODEL_SIZES', 'LLM_DEFAULT_MODEL', 'LLM_TITLE_MODEL'] as const),
  ...(['LLM_FALLBACKS', 'LLM_MAX_CALLS', 'LLM_MAX_QUEUED_CALLS', 'LLM_BREAKER_RESET'] as const),
  ...(['LLM_FIRST_TOKEN_TIMEOUT', 'LLM_IDLE_TIMEOUT', 'LLM_TOTAL_TIMEOUT', 'COMPLETIONS_MAX_BODY'] as const),
  ...(['QUOTA_TOKENS', 'QUOTA_PERIOD', 'METRICS_PORT', 'OTEL_SERVICE_NAME'] as const),
  ...(['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'LOG_LEVEL', 'LOG_JSON'] as const),
]);

/** Shown as far as the path: a query may carry a key. */
export const ADDRESSES: ReadonlySet<string> = new Set<Name>([
  'LLM_BASE_URL',
  'OPENAI_BASE_URL',
  'DEEPSEEK_BASE_URL',
  'ANTHROPIC_BASE_URL',
  'GEMINI_BASE_URL',
  'MISTRAL_BASE_URL',
  'OPENROUTER_BASE_URL',
  'OLLAMA_BASE_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
]);

type Value = string | number | boolean | readonly string[] | RateLimit | undefined;

const HIDDEN = '(set, not shown)';

/** Each variable as `.env` would have it. Null: it is not set, and has no default. @throws ConfigError */
export function showConfig(environment: Environment): Record<string, string | null> {
  const values = checkEnvironment(environment);
  return Object.fromEntries(
    Object.entries<Value>(values as Record<string, Value>).map(([name, value]) => [
      name,
      show(name, value, environment[name]),
    ]),
  );
}

function show(name: string, value: Value, given: string | undefined): string | null {
  if (value === undefined) return null;
  if (ADDRESSES.has(name)) return withoutQuery(value as string);
  if (!SHOWN.has(name) || (SECRETS as readonly string[]).includes(name)) return HIDDEN;
  return given || showDefault(name, value);
}

function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

function showDefault(name: string, value: Value): string {
  if (/_(TTL|TIMEOUT|RESET)$/.test(name)) return toDuration(value as number);
  if (name.startsWith('LIMIT_')) {
    const { limit, windowMs } = value as RateLimit;
    return `${limit}/${toDuration(windowMs)}`;
  }
  if (typeof value === 'object') return (value as readonly string[]).join(',');
  return value === false ? 'off' : String(value);
}

/** In the largest unit that it is whole in. */
function toDuration(ms: number): string {
  const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
  const [unit, length] = Object.entries(units).find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / length}${unit}`;
}
