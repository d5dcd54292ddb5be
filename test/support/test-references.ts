import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collapsed, readDocument } from './documents';

const ROOT = join(__dirname, '..', '..');
const REFERENCE = /^`((?:src|test)\/\S+\.spec\.ts) › (\S.*)`$/;

/** Of references to tests with `<br>` between them, why each that leads nowhere does not. Empty: each leads to one test. */
export const faultsOf = (references: string): string[] =>
  references.split('<br>').flatMap((reference) => faultOf(reference.trim()) ?? []);

function faultOf(reference: string): string | null {
  const [, path, title] = REFERENCE.exec(reference) ?? [];
  if (!path || !title) return `${reference}: names no test`;
  if (!existsSync(join(ROOT, path))) return `${reference}: there is no such file`;
  const times = timesIn(collapsed(readDocument(path)), collapsed(title));
  return times === 1 ? null : `${reference}: stands there ${times} times`;
}

/** As the whole of a text in quotation marks, which titles are. */
const timesIn = (source: string, title: string): number =>
  [`'`, '"', '`'].reduce((sum, mark) => sum + source.split(mark + title + mark).length - 1, 0);
