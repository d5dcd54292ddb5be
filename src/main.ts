import { existsSync } from 'node:fs';
import { endOnSignals } from './early-end';
import { errorForLog } from './common/errors/error-for-log';
import { loadConfig } from './config/config';
import { ConfigError } from './config/environment';
import { startTraces } from './telemetry/traces';

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env'); // leaves alone what is set already
  const config = loadConfig(process.env);
  const stopTraces = await startTraces(config.telemetry);
  const { serve } = await import('./serve.js'); // only now: what it loads is traced
  await serve(config, stopTraces);
}

endOnSignals();
main().catch((error: unknown) => {
  const reason = error instanceof ConfigError ? error.message : JSON.stringify(errorForLog(error));
  process.stderr.write(`Parley did not start. ${reason}\n`);
  process.exit(1); // whatever half a start has left open must not hold the process
});
