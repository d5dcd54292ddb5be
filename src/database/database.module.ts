import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ErrorTranslator } from '../common/errors/error-translator';
import { Config } from '../config/config';
import { dataSourceOptions } from './data-source-options';
import { DatabaseErrorTranslator } from './database-errors';
import { MigrationStatus } from './migration-status';
import { TimeLimitsCheck } from './time-limits-check';

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: ({ database: { url, poolSize } }: Config) => {
        if (url === null) throw new TypeError('The embedded database is started before the application.');
        return { ...dataSourceOptions({ url, poolSize }), retryAttempts: 0 };
      },
    }),
  ],
  providers: [
    MigrationStatus,
    TimeLimitsCheck,
    { provide: ErrorTranslator, useClass: DatabaseErrorTranslator },
  ],
  exports: [MigrationStatus, ErrorTranslator],
})
export class DatabaseModule {}
