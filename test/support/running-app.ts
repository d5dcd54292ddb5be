import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { AppModule } from '../../src/app.module';
import { configureApp } from '../../src/app.setup';
import { loadConfig } from '../../src/config/config';
import { RepliesService } from '../../src/conversations/replies/replies.service';
import { cloneDatabase, type TestDatabase } from './database';
import { PATIENCE } from './patience';

export interface RunningApp {
  /** Without a slash at its end. */
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly database: TestDatabase;
  close(): Promise<void>;
}

export const JWT_SECRET = 'a secret that only the tests know, of a good length';

/** Limits are off unless a test is about them, and hashes as cheap as bcrypt makes them. */
const DEFAULTS = {
  JWT_SECRET,
  BCRYPT_COST: '4',
  RATE_LIMITS: 'off',
  LOG_LEVEL: 'silent',
  ...PATIENCE,
};

/** The whole product as `main` puts it together, on a database of its own, listening on a port of its own. */
export async function startApp(environment: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
  const database = await cloneDatabase();
  const config = loadConfig({ ...DEFAULTS, DATABASE_URL: database.url, ...environment });
  const module = AppModule.with(config);
  const options = { bodyParser: false, bufferLogs: true, abortOnError: false } as const;
  const app = configureApp(await NestFactory.create<NestExpressApplication>(module, options));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, app, database, close: () => close(app, database) };
}

async function close(app: NestExpressApplication, database: TestDatabase): Promise<void> {
  await app.get(RepliesService).drain(0);
  app.getHttpServer().closeAllConnections();
  await app.close();
  await database.drop();
}
