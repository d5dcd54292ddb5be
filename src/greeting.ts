import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { Config } from './config/config';
import { Models } from './llm/chat-model';

/** Says where everything is, and who answers. */
export function greet(app: NestExpressApplication, metricsPort: number | null): void {
  const logger = new Logger('Parley');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const base = `http://localhost:${port}`;
  const model = app.get(Models).defaultId;
  const why = app.get(Config).llm.providers.length > 0 ? '' : ', because no key or model is set';
  logger.log(`Page:       ${base}/`);
  logger.log(`Swagger UI: ${base}/docs`);
  logger.log(`Health:     ${base}/health`);
  if (metricsPort !== null) logger.log(`Metrics:    http://localhost:${metricsPort}/metrics`);
  logger.log(`Model:      ${model}${why}`);
}
