import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { existsSync } from 'node:fs';
import { AppModule } from './app.module';
import { configureApp } from './app.setup';
import { errorForLog } from './common/errors/error-for-log';
import { loadConfig } from './config/config';
import { ConfigError } from './config/environment';
import { openDatabase } from './database/open-database';
import { greet } from './greeting';
import { stopOnSignals } from './shutdown';

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env'); // leaves alone what is set already
  const settings = loadConfig(process.env);
  const database = await openDatabase(settings);
  const config = { ...settings, database: { ...settings.database, url: database.url } };
  try {
    const module = AppModule.with(config);
    const options = { bodyParser: false, bufferLogs: true, abortOnError: false } as const;
    const app = configureApp(await NestFactory.create<NestExpressApplication>(module, options));
    stopOnSignals(app, database);
    await app.listen(config.http.port, config.http.host);
    greet(app);
  } catch (error) {
    await database.stop();
    throw error;
  }
}

main().catch((error: unknown) => {
  const reason = error instanceof ConfigError ? error.message : JSON.stringify(errorForLog(error));
  process.stderr.write(`Parley did not start. ${reason}\n`);
  process.exit(1); // whatever half a start has left open must not hold the process
});
