import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDocument } from '../support/documents';

const ROOT = join(__dirname, '..', '..');
const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md', 'helm/parley/README.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** What stands in code is no Markdown. */
const proseOf = (path: string) =>
  readDocument(path)
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');

/** As GitHub makes them of headings. */
const anchorsOf = (path: string) =>
  [
    ...readDocument(path)
      .replaceAll(/^```.*?^```$/gms, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

/** Those that lead to nothing in the repository. */
function brokenIn(path: string): string[] {
  const links = [...proseOf(path).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, source]) => (link ?? source)!,
  );
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file, anchor] = link.split('#') as [string, string?];
    const target = file ? join(dirname(path), file) : path;
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

describe('The links of', () => {
  it.each(DOCUMENTS)('%s lead to files and headings that are there', (path) => {
    expect(brokenIn(path)).toEqual([]);
  });
});
