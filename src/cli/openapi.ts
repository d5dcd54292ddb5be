import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from '../app.module';
import { configurePaths } from '../app.setup';
import { loadConfig } from '../config/config';
import { createContracts } from './openapi-document';

/** dist/src/cli → docs: the plugin that reads types and comments runs in `nest build` only. */
const DOCS = join(__dirname, '..', '..', '..', 'docs');

/** `--write` puts the contract into docs/openapi.json and docs/asyncapi.json; `--check` fails when it is not what stands there. */
async function main(mode: string | undefined): Promise<void> {
  const config = loadConfig({ JWT_SECRET: 'nothing is signed here, only described', LOG_LEVEL: 'silent' });
  const module = AppModule.with(config);
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger: false,
    preview: true,
    abortOnError: false,
  });
  const { http, sockets } = createContracts(configurePaths(app));
  for (const [name, document] of Object.entries({ openapi: http, asyncapi: sockets })) {
    const file = join(DOCS, `${name}.json`);
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (mode === '--write') writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text)
      throw new Error(`docs/${name}.json is not what the code says. Run: npm run openapi`);
  }
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
