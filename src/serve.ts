import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Registry } from 'prom-client';
import { AppModule } from './app.module';
import { configureApp } from './app.setup';
import type { Config } from './config/config';
import { openDatabase } from './database/open-database';
import { greet } from './greeting';
import { stopOnSignals } from './shutdown';
import { serveMetrics, type MetricsServer } from './telemetry/metrics-server';
import type { StopTraces } from './telemetry/traces';

/** Listens until a signal comes. @throws Error – it could not start, and has left nothing of its own running. */
export async function serve(settings: Config, stopTraces: StopTraces): Promise<void> {
  const database = await openDatabase(settings);
  const config = { ...settings, database: { ...settings.database, url: database.url } };
  try {
    const module = AppModule.with(config);
    const options = { bodyParser: false, bufferLogs: true, abortOnError: false } as const;
    const app = configureApp(await NestFactory.create<NestExpressApplication>(module, options));
    const metrics = await openMetrics(app.get(Registry), config);
    stopOnSignals(app, [() => metrics?.stop(), stopTraces, () => database.stop()]);
    await app.listen(config.http.port, config.http.host);
    greet(app, metrics?.port ?? null);
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Null: the port is taken, which only a development server may get over. */
async function openMetrics(registry: Registry, { http, telemetry }: Config): Promise<MetricsServer | null> {
  const port = telemetry.metricsPort;
  try {
    return await serveMetrics(registry, { host: http.host, port });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const trouble = `METRICS_PORT ${port} cannot be listened on (${code}). Set another one; 0 takes any free one.`;
    if (telemetry.metricsRequired) throw new Error(trouble, { cause });
    new Logger('Metrics').warn(`${trouble} This process goes on without metrics.`);
    return null;
  }
}
