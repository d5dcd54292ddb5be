import { Global, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { ErrorTranslator } from '../common/errors/error-translator';
import { Config } from '../config/config';
import { dataSourceOptions, HEARTBEATS } from './data-source-options';
import { DatabaseErrorTranslator } from './database-errors';
import { MigrationStatus } from './migration-status';
import { PoolMetrics } from './pool-metrics';
import { TimeLimitsCheck } from './time-limits-check';

/** One for the beat, one for first texts, one for what comes four times a second. */
const HEARTBEAT_CONNECTIONS = 3;

function optionsFor({ database: { url } }: Config, poolSize: number): TypeOrmModuleOptions {
  if (url === null) throw new TypeError('The embedded database is started before the application.');
  return { ...dataSourceOptions({ url, poolSize }), retryAttempts: 0 };
}

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => optionsFor(config, config.database.poolSize),
    }),
    TypeOrmModule.forRootAsync({
      name: HEARTBEATS,
      inject: [Config],
      useFactory: (config: Config) => ({
        ...optionsFor(config, HEARTBEAT_CONNECTIONS),
        name: HEARTBEATS, // by which Nest finds it to close it
        entities: [],
      }),
    }),
  ],
  providers: [
    MigrationStatus,
    PoolMetrics,
    TimeLimitsCheck,
    { provide: ErrorTranslator, useClass: DatabaseErrorTranslator },
  ],
  exports: [MigrationStatus, ErrorTranslator],
})
export class DatabaseModule {}
