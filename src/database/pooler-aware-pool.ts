import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { keepPlans } from './kept-plans';
import { dropSilentConnections } from './silent-connections';
import { SERVER_LIMITS } from './time-limits';

type Connected = Parameters<Pool['connect']>[0];

/** Whether the error is a connection pooler's that lets no such setting through. PgBouncer says so in English always. */
export function isRefusedSetting(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === '08P01' && typeof message === 'string' && message.includes('startup parameter');
}

/** pg waits for it, though its type does not say so. */
const BEFORE_USE = { onConnect: keepPlans };

/**
 * Has every connection begin with the server's time limits, until a pooler refuses one for that: then that one is made
 * again without them, and so are all that follow. The pooler may have been put in between since the start.
 */
export class PoolerAwarePool extends Pool {
  constructor(options: PoolConfig) {
    super({ ...options, ...BEFORE_USE });
    dropSilentConnections(this);
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    if (callback) return this.connectAndCall(callback);
    return super.connect().catch((error: unknown) => {
      if (!isRefusedSetting(error)) throw error;
      this.leaveLimitsOut();
      return super.connect();
    });
  }

  /** The form that TypeORM and `query` use, without a promise: every statement of the product goes through here. */
  private connectAndCall(callback: Connected): void {
    super.connect((error, client, release) => {
      if (!isRefusedSetting(error)) return callback(error, client, release);
      this.leaveLimitsOut();
      super.connect(callback);
    });
  }

  private leaveLimitsOut(): void {
    const none = Object.keys(SERVER_LIMITS).map((name) => [name, undefined]);
    Object.assign(this.options, Object.fromEntries(none));
  }
}
