import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findProcess, isAlive, ownMark } from './processes';

/** More than a start can take: initdb, then pg_ctl's own 60 s. */
const LOCK_PATIENCE_MS = 120_000;

export interface PidFile {
  readonly pid: number;
  readonly folder: string;
  readonly port: number;
}

/** `postmaster.pid`: its first lines are the pid, the data folder, the time of the start and the port. */
export function parsePidFile(text: string): PidFile | null {
  const [pid, folder, , port] = text.split('\n');
  return Number(pid) > 0 && folder && Number(port) > 0
    ? { pid: Number(pid), folder, port: Number(port) }
    : null;
}

/** Which server runs on the data, or is about to. The file of a dead one goes: Postgres would not start over it. */
export function findServer(data: string): PidFile | null {
  const path = join(data, 'postmaster.pid');
  const text = readIfThere(path);
  if (text === null) return null;
  const file = parsePidFile(text);
  // A file that names another folder came here with a copy of the data.
  if (file && isPostgres(file.pid) && relative(file.folder, data) === '') return file;
  rmSync(path, { force: true });
  return null;
}

function isPostgres(pid: number): boolean {
  const found = findProcess(pid);
  return found !== null && (found.name === null || found.name.startsWith('postgres'));
}

/** Does the work while no other process starts or stops the folder's server. */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'start.lock');
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  while (!takeLock(lock)) {
    if (Date.now() > deadline)
      throw new Error(`Another process has been starting Postgres for too long: ${lock}`);
    await wait(20);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, ownMark(), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = readIfThere(lock);
  if (holder && !isAlive(holder)) rmSync(lock, { force: true }); // empty: being written
  return false;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Enters this process as a user of the server. The result takes it out again and tells whether it was the last. */
export function enlist(folder: string): () => boolean {
  const users = join(folder, 'users');
  const own = `${ownMark()}.${randomUUID()}`;
  mkdirSync(users, { recursive: true });
  writeFileSync(join(users, own), '');
  return () => {
    rmSync(join(users, own), { force: true });
    const last = readdirSync(users).every((name) => !isAlive(name.slice(0, name.indexOf('.'))));
    if (last) rmSync(users, { recursive: true });
    return last;
  };
}
