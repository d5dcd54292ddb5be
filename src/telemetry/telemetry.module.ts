import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HttpMetrics } from './http-metrics';

/** One registry an application: each room registers what it measures itself, and the metrics server gives it out. */
@Global()
@Module({
  providers: [{ provide: Registry, useFactory: () => new Registry() }, HttpMetrics],
  exports: [Registry],
})
export class TelemetryModule {}
