import { join, resolve } from 'node:path';
import { ConfigError, readEnvironment, type Environment, type Values } from './environment';
import { keptSecret } from './kept-secret';
import { toLlm, type LlmConfig } from './llm-config';
import type { RateLimit } from './validators';

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** As Express takes it. */
  readonly trustProxy: false | number | string[];
  /** Where people find us, as an origin; null: not said. */
  readonly publicUrl: string | null;
  /** Origins that browsers may call from; empty: none but our own. */
  readonly corsOrigins: string[];
}

export interface DatabaseConfig {
  /** Null: a Postgres of our own under `dataDir`. */
  readonly url: string | null;
  /** Past a pooler, for migrations; where none is given, the same as `url`. */
  readonly directUrl: string | null;
  /** Connections for requests. */
  readonly poolSize: number;
  readonly migrate: boolean;
}

export interface AuthConfig {
  /** The first signs; the others, from before a rotation, are still believed. */
  readonly jwtSecrets: readonly [string, ...string[]];
  /** A file of the passwords known from breaches; null: none. */
  readonly breachListPath: string | null;
  readonly guests: boolean;
  /** A guest that stays away for so long is erased. */
  readonly guestTtlMs: number;
  readonly registration: boolean;
  /** Made at the start where the name is free. */
  readonly firstAdmin: { readonly username: string; readonly password: string } | null;
  /** Whether a cookie session ends when another browser uses it. */
  readonly protectSessions: boolean;
  readonly bcryptCost: number;
  readonly sessionIdleMs: number;
  readonly sessionMaxMs: number;
}

export interface LimitsConfig {
  readonly enabled: boolean;
  readonly login: RateLimit;
  readonly guest: RateLimit;
  readonly register: RateLimit;
  readonly send: RateLimit;
  readonly sendAddress: RateLimit;
  readonly default: RateLimit;
  /** WebSockets at a time in one process; `Infinity`: any number. */
  readonly socketsPerUser: number;
  readonly socketsPerAddress: number;
}

export interface RepliesConfig {
  /** UTF-16 units of a question after trimming. */
  readonly messageMaxChars: number;
  /** UTF-16 units after which a reply is cut off. */
  readonly replyMaxChars: number;
  /** How long a send waits for its reply before it answers 202. */
  readonly sendWaitMs: number;
  /** How long replies may go on after a signal to stop. */
  readonly drainMs: number;
}

export interface CompletionsConfig {
  /** Of a call of `/v1/chat/completions`: images are in it. */
  readonly maxBodyBytes: number;
}

export interface UsageConfig {
  /** Prompt plus completion tokens that each account may take in a period, where it has no quota of its own; null: any number. */
  readonly quotaTokens: number | null;
  /** In UTC. */
  readonly quotaPeriod: 'day' | 'month';
}

export interface LogConfig {
  readonly level: string;
  /** One JSON object a line; else lines for people. */
  readonly json: boolean;
}

export interface TelemetryConfig {
  readonly metricsPort: number;
  /** Without its metrics it does not start; else it says so and goes on, since development servers may share a machine. */
  readonly metricsRequired: boolean;
  /** An OpenTelemetry collector; null: no traces. */
  readonly tracesTo: string | null;
  /** What it is sent besides, as `name=value,…`; secret. */
  readonly traceHeaders: string | null;
  readonly serviceName: string;
}

/** Everything that can be set, parsed once. The class is only the injection token. */
export abstract class Config {
  /** Where the embedded database and invented secrets are kept; absolute. */
  abstract readonly dataDir: string;
  abstract readonly http: HttpConfig;
  abstract readonly database: DatabaseConfig;
  abstract readonly auth: AuthConfig;
  abstract readonly limits: LimitsConfig;
  abstract readonly replies: RepliesConfig;
  abstract readonly llm: LlmConfig;
  abstract readonly completions: CompletionsConfig;
  abstract readonly usage: UsageConfig;
  abstract readonly telemetry: TelemetryConfig;
  abstract readonly log: LogConfig;
}

/** What is set, checked as at a start, which it is not: nothing is made. @throws ConfigError */
export function checkEnvironment(environment: Environment): Values {
  const env = readEnvironment(environment);
  const production = env.NODE_ENV === 'production';
  refuse([
    noDatabase(env),
    production &&
      !env.JWT_SECRET &&
      !env.JWT_SECRETS &&
      'JWT_SECRET: is required in production, at least 32 characters',
    env.ADMIN_USERNAME && !env.ADMIN_PASSWORD && 'ADMIN_PASSWORD: is required with ADMIN_USERNAME',
    !env.ADMIN_USERNAME && env.ADMIN_PASSWORD && 'ADMIN_USERNAME: is required with ADMIN_PASSWORD',
    env.LLM_BASE_URL && !env.LLM_MODELS && 'LLM_MODELS: is required with LLM_BASE_URL',
    !env.LLM_BASE_URL && env.LLM_MODELS && 'LLM_BASE_URL: is required with LLM_MODELS',
    env.SESSION_IDLE_TTL > env.SESSION_MAX_TTL && 'SESSION_IDLE_TTL: expected no more than SESSION_MAX_TTL',
  ]);
  return env;
}

/** @throws ConfigError */
export function loadConfig(environment: Environment): Config {
  const env = checkEnvironment(environment);
  const production = env.NODE_ENV === 'production';
  const dataDir = resolve(env.DATA_DIR);
  return deepFreeze({
    dataDir,
    http: toHttp(env),
    database: toDatabase(env),
    auth: toAuth(env, dataDir),
    limits: toLimits(env),
    replies: toReplies(env),
    llm: toLlm(env),
    completions: { maxBodyBytes: env.COMPLETIONS_MAX_BODY },
    usage: { quotaTokens: env.QUOTA_TOKENS ?? null, quotaPeriod: env.QUOTA_PERIOD },
    telemetry: {
      metricsPort: env.METRICS_PORT,
      metricsRequired: production,
      tracesTo: env.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
      traceHeaders: env.OTEL_EXPORTER_OTLP_HEADERS ?? null,
      serviceName: env.OTEL_SERVICE_NAME,
    },
    log: { level: env.LOG_LEVEL, json: env.LOG_JSON === undefined ? production : env.LOG_JSON === 'true' },
  });
}

/**
 * What work on the schema needs: it may run where there is no secret to sign with, as in a Job before the first pods.
 * @throws ConfigError
 */
export function loadDatabaseConfig(environment: Environment): Pick<Config, 'dataDir' | 'database'> {
  const env = readEnvironment(environment);
  refuse([noDatabase(env)]);
  return { dataDir: resolve(env.DATA_DIR), database: toDatabase(env) };
}

const noDatabase = ({ NODE_ENV, DATABASE_URL }: Values) =>
  NODE_ENV === 'production' && !DATABASE_URL && 'DATABASE_URL: is required in production';

const toHttp = (env: Values): HttpConfig => ({
  host: env.HOST,
  port: env.PORT,
  trustProxy: typeof env.TRUST_PROXY === 'object' ? [...env.TRUST_PROXY] : env.TRUST_PROXY,
  publicUrl: env.PUBLIC_URL ?? null,
  corsOrigins: [...env.CORS_ORIGINS],
});

const toDatabase = (env: Values): DatabaseConfig => ({
  url: env.DATABASE_URL ?? null,
  directUrl: env.DATABASE_DIRECT_URL ?? env.DATABASE_URL ?? null,
  poolSize: env.DATABASE_POOL,
  migrate: env.MIGRATIONS === 'auto',
});

const toAuth = (env: Values, dataDir: string): AuthConfig => ({
  jwtSecrets: toSecrets(env, dataDir),
  breachListPath: env.PASSWORD_BREACH_LIST ?? null,
  guests: env.GUESTS === 'on',
  guestTtlMs: env.GUEST_TTL,
  registration: env.REGISTRATION === 'open',
  firstAdmin:
    env.ADMIN_USERNAME && env.ADMIN_PASSWORD
      ? { username: env.ADMIN_USERNAME, password: env.ADMIN_PASSWORD }
      : null,
  protectSessions: env.SESSION_PROTECTION === 'strong',
  bcryptCost: env.BCRYPT_COST,
  sessionIdleMs: env.SESSION_IDLE_TTL,
  sessionMaxMs: env.SESSION_MAX_TTL,
});

function toSecrets(env: Values, dataDir: string): AuthConfig['jwtSecrets'] {
  const [first, ...older] = env.JWT_SECRETS ?? [];
  return first ? [first, ...older] : [env.JWT_SECRET ?? keptSecret(join(dataDir, 'jwt-secret'))];
}

const toLimits = (env: Values): LimitsConfig => ({
  enabled: env.RATE_LIMITS === 'on',
  login: env.LIMIT_LOGIN,
  guest: env.LIMIT_GUEST,
  register: env.LIMIT_REGISTER,
  send: env.LIMIT_SEND,
  sendAddress: env.LIMIT_SEND_ADDRESS,
  default: env.LIMIT_DEFAULT,
  socketsPerUser: env.RATE_LIMITS === 'on' ? env.WS_MAX_CONNECTIONS_PER_USER : Infinity,
  socketsPerAddress: env.RATE_LIMITS === 'on' ? env.WS_MAX_CONNECTIONS_PER_IP : Infinity,
});

const toReplies = (env: Values): RepliesConfig => ({
  messageMaxChars: env.MESSAGE_MAX_CHARS,
  replyMaxChars: env.REPLY_MAX_CHARS,
  sendWaitMs: env.SEND_WAIT_SECONDS * 1000,
  drainMs: env.DRAIN_SECONDS * 1000,
});

function refuse(problems: readonly unknown[]): void {
  const found = problems.filter((problem) => typeof problem === 'string');
  if (found.length > 0) throw new ConfigError(found);
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value))
    if (typeof member === 'object' && member !== null) deepFreeze(member as object);
  return Object.freeze(value);
}
