import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { SERVER_LIMITS } from './time-limits';

const UNLIMITED = `
  select name from unnest($1::text[]) as name where current_setting(name) = '0'`;

/** Warns at the start where the server would let our statements and transactions run for ever. */
@Injectable()
export class TimeLimitsCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger(TimeLimitsCheck.name);

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async onApplicationBootstrap(): Promise<void> {
    const names = Object.keys(SERVER_LIMITS);
    const unlimited = await this.database.query<{ name: string }[]>(UNLIMITED, [names]);
    if (unlimited.length === 0) return;
    this.logger.warn(
      `The database does not limit our connections in: ${unlimited.map(({ name }) => name).join(', ')}. ` +
        'A pooler keeps these settings back. Set them on the role: docs/architecture.md, "Behind a connection pooler".',
    );
  }
}
