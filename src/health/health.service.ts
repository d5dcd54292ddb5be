import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  TypeOrmHealthIndicator,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { within } from '../common/within';
import { MigrationStatus } from '../database/migration-status';
import { Models } from '../llm/chat-model';
import type { CheckResponse, HealthResponse } from './health.dto';

/** The contract: readiness says within 5 s that the database is gone. */
const CHECK_TIMEOUT_MS = 2_000;

type Check = () => Promise<HealthIndicatorResult>;

@Injectable()
export class HealthService {
  private draining = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly migrations: MigrationStatus,
    private readonly models: Models,
  ) {}

  /** From now on this process is not ready: it has been told to stop. */
  drain(): void {
    this.draining = true;
  }

  /** Whether new work may come here. A model's outage does not count: other replicas have the same model. */
  ready(): Promise<HealthResponse> {
    return this.run([this.checkServing, this.checkDatabase, this.checkMigrations]);
  }

  /** Everything; of models what their own calls have shown. */
  async overall(): Promise<HealthResponse> {
    const { status, checks } = await this.ready();
    const models = this.models.list();
    const llm = { llm: toCheck(models.some(({ available }) => available)) };
    const providers = models.map(
      ({ provider, available }) => [`llm:${provider}`, toCheck(available)] as const,
    );
    const allUp = models.every(({ available }) => available);
    return {
      status: status === 'ok' && !allUp ? 'degraded' : status,
      checks: { ...checks, ...llm, ...Object.fromEntries(providers) },
    };
  }

  private async run(checks: Check[]): Promise<HealthResponse> {
    try {
      return toHealth('ok', (await this.health.check(checks)).details);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return toHealth('error', (error.getResponse() as { details: HealthIndicatorResult }).details);
    }
  }

  private readonly checkServing: Check = () => Promise.resolve(this.indicate('serving', !this.draining));

  private readonly checkDatabase: Check = () =>
    this.database.pingCheck('database', { timeout: CHECK_TIMEOUT_MS });

  private readonly checkMigrations: Check = async () => {
    const upToDate = await within(CHECK_TIMEOUT_MS, this.migrations.isUpToDate()).catch(() => false);
    return this.indicate('migrations', upToDate === true);
  };

  private indicate(name: string, up: boolean): HealthIndicatorResult {
    const check = this.indicator.check(name);
    return up ? check.up() : check.down();
  }
}

const toCheck = (up: boolean): CheckResponse => ({ status: up ? 'up' : 'down' });

/** Names and states only: what a driver says of a failure is not for everybody. */
function toHealth(status: HealthResponse['status'], details: HealthIndicatorResult): HealthResponse {
  const checks = Object.entries(details).map(([name, check]) => [
    name,
    { status: check.status === 'up' ? 'up' : 'down' },
  ]);
  return { status, checks: Object.fromEntries(checks) as HealthResponse['checks'] };
}
