import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { FileBytes } from './page-file';

/** From the sources, which Jest runs, and from dist/src. */
const FOLDERS = [join('..', '..'), join('..', '..', '..')].map((up) => join(__dirname, up, 'web', 'dist'));
const [INDEX, ERROR] = ['index.html', 'error.html'];

/** What `npm run build` makes of web/, as it was at the start. */
export interface BuiltPage {
  /** The chat page. */
  readonly index: string;
  /** What browsers see of an error, with `%status%`, `%title%` and `%detail%` to be filled in. */
  readonly error: string;
  /** Everything else, by its path in URLs: `/assets/main-TZrNw7dA.css`. */
  readonly files: ReadonlyMap<string, FileBytes>;
}

/** @throws Error – it is not built. */
export function readBuiltPage(folders: readonly string[] = FOLDERS): BuiltPage {
  const folder = folders.find((path) => existsSync(join(path, INDEX)));
  if (folder === undefined) throw new Error('The page is not built. Run: npm run build');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => name !== INDEX && name !== ERROR && !/\.(br|gz)$/.test(name));
  return {
    index: readFileSync(join(folder, INDEX), 'utf8'),
    error: readFileSync(join(folder, ERROR), 'utf8'),
    files: new Map(names.map((name) => [`/${name.replaceAll(sep, '/')}`, bytesOf(join(folder, name))])),
  };
}

const bytesOf = (path: string): FileBytes => ({
  identity: readFileSync(path),
  br: findBytes(`${path}.br`),
  gzip: findBytes(`${path}.gz`),
});

const findBytes = (path: string): Buffer | undefined => (existsSync(path) ? readFileSync(path) : undefined);
