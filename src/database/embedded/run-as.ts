import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Home {
  readonly folder: string;
  /** Whom the binaries run as; null: as this process does. Postgres refuses to run as root, and only then needs one. */
  readonly account: Account | null;
}

const SYSTEM_FOLDER = '/var/lib/parley';

/** Where the cluster wanted in `wanted` lives, made if need be, and whom its server runs as. */
export function findHome(wanted: string): Home {
  mkdirSync(wanted, { recursive: true });
  const asked = realpathSync(wanted);
  if (process.getuid?.() !== 0) return { folder: asked, account: null };
  const folder = [asked, systemFolder(asked)].find(hasCluster);
  const account = (folder ? ownerOf(folder) : null) ?? findAccount(readFileSync('/etc/passwd', 'utf8'));
  if (folder && !canPass(account, dirname(folder))) {
    throw new Error(
      `User ${account.uid} cannot reach ${folder}: open the folders above it, or set DATABASE_URL.`,
    );
  }
  const chosen = folder ?? (canPass(account, dirname(asked)) ? asked : systemFolder(asked));
  if (chosen !== asked) openSystemFolder();
  mkdirSync(chosen, { recursive: true });
  chmodSync(chosen, 0o700);
  giveTo(account, chosen);
  return { folder: chosen, account };
}

const hasCluster = (folder: string): boolean => existsSync(join(folder, 'cluster'));

/** A later `postgres` user must not take a cluster over that began as `nobody`'s, or as an ordinary user's. */
function ownerOf(folder: string): Account | null {
  const { uid, gid } = statSync(join(folder, 'cluster', 'data'));
  return uid === 0 ? null : { uid, gid };
}

/** Of the users in /etc/passwd the one to run Postgres as. */
export function findAccount(passwd: string): Account {
  const users = passwd.split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user)
    throw new Error(
      'As root, Parley runs Postgres as the user postgres or nobody: add one, or set DATABASE_URL.',
    );
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Whether the account may enter the folder and all above it. */
export function canPass(account: Account | null, folder: string): boolean {
  if (!account) return true;
  return (
    mayEnter(account, statSync(folder)) && (folder === dirname(folder) || canPass(account, dirname(folder)))
  );
}

/** By the one permission bit that counts: the owner's, else the group's, else that of all others. */
export function mayEnter(account: Account, { uid, gid, mode }: Account & { readonly mode: number }): boolean {
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
}

export function giveTo(account: Account | null, ...paths: string[]): void {
  if (account) for (const path of paths) chownSync(path, account.uid, account.gid);
}

/** Makes way for system folders, whatever the umask. */
export function openSystemFolder(): void {
  mkdirSync(SYSTEM_FOLDER, { recursive: true });
  chmodSync(SYSTEM_FOLDER, 0o755);
}

/** Stands in for a folder that an account cannot reach. */
export function systemFolder(wanted: string): string {
  return join(SYSTEM_FOLDER, createHash('sha256').update(wanted).digest('hex').slice(0, 16));
}

/** @throws Error with what the program said, unless it ends with status 0. */
export function runAs({ folder, account }: Home, program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...account,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', (cause) =>
      reject(new Error(`${program} does not run here: set DATABASE_URL.`, { cause })),
    );
    child.on('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`${program} failed: ${said.trim()}`)),
    );
    // On Windows the server inherits the pipe, which then closes only with it.
    child.on('exit', (status) => status === 0 && (resolve(), child.stderr.destroy()));
  });
}
