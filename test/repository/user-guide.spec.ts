import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collapsed, readDocument } from '../support/documents';

const PAGE = join(__dirname, '..', '..', 'web', 'src');

/** Of the page, without its tests. */
const source = readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.spec.ts'))
  .map((name) => collapsed(readFileSync(join(PAGE, name), 'utf8')))
  .join('\n');

/** `Copy answer` stands there as `Copy ${what}`. */
const isOnThePage = (name: string) =>
  [name, name.replace(/ (answer|question|version)$/, ' ${what}')].some((text) =>
    new RegExp(`[>'"\`] ?${text.replaceAll(/[$^{}.]/g, String.raw`\$&`)} ?[<'"\`]`).test(source),
  );

describe('docs/user-guide.md', () => {
  const [, people] = readDocument('docs/user-guide.md').split(/^## /m);

  it('calls what is on the page by the names that it has there', () => {
    const bold = [...people!.matchAll(/\*\*([^*]+)\*\*/g)].map(([, text]) => text!);
    const names = bold.filter((text) => !text.endsWith('.')); // those are beginnings of paragraphs
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !isOnThePage(name))).toEqual([]);
  });
});
