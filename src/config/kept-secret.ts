import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const LEAST_CHARACTERS = 32;

/** A secret invented at the first start and kept, readable by its owner alone, so that a restart signs nobody out. */
export function keptSecret(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    // Whole or not at all: a start that is cut off here, or a second one beside it, must find no half of a secret.
    writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length < LEAST_CHARACTERS)
    throw new Error(`${path} holds no secret. Delete it, and a new one is made.`);
  return secret;
}
