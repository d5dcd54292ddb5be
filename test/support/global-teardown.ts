import { rmSync } from 'node:fs';
import { stopDatabaseServer } from './database-server';
import { FOLDER_VARIABLE } from './reached-statuses';

export default async function globalTeardown(): Promise<void> {
  await stopDatabaseServer();
  rmSync(process.env[FOLDER_VARIABLE]!, { recursive: true, force: true });
}
