import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the run's workers write down what they have seen; `status-reporter.cjs` reads it. Made by the global set-up. */
export const FOLDER_VARIABLE = 'TEST_REACHED_STATUSES';

const noted = new Set<string>();

/** Remembers, for the end of the whole run, that a test got this status from this operation, and that it is in the contract. */
export function noteReached(operationId: string, status: number): void {
  const folder = process.env[FOLDER_VARIABLE];
  const line = `${operationId} ${status}\n`;
  if (folder === undefined || noted.has(line)) return;
  noted.add(line);
  appendFileSync(join(folder, String(process.pid)), line);
}
