import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInBreachList } from './breach-list';

const hashOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();

describe('A breach list', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-breaches-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const listOf = (lines: readonly string[], lineEnd = '\n', last = lineEnd) => {
    const path = join(folder, 'list.txt');
    writeFileSync(path, lines.length === 0 ? '' : lines.join(lineEnd) + last);
    return path;
  };

  it('finds each of its passwords and no other, whatever its length and its line ends', async () => {
    const passwords = fc.uniqueArray(fc.string({ maxLength: 12 }), { maxLength: 60 });
    const lineEnd = fc.constantFrom('\n', '\r\n');
    const count = fc.constantFrom('', ':1', ':12345678');
    await fc.assert(
      fc.asyncProperty(passwords, lineEnd, count, fc.boolean(), async (known, end, tail, ended) => {
        const lines = known.map((password) => hashOf(password) + tail).sort();
        const path = listOf(lines, end, ended ? end : '');
        for (const password of known) expect(await isInBreachList(path, password)).toBe(true);
        expect(await isInBreachList(path, 'longer than twelve characters')).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('finds in a long file as well', async () => {
    const passwords = Array.from({ length: 20_000 }, (_, n) => `password ${n}`);
    const path = listOf(passwords.map((password) => `${hashOf(password)}:${password.length}`).sort());
    for (let n = 0; n < 20_000; n += 997) expect(await isInBreachList(path, `password ${n}`)).toBe(true);
    for (let n = 20_000; n < 20_100; n++) expect(await isInBreachList(path, `password ${n}`)).toBe(false);
  });

  it('may be in lower case', async () => {
    expect(await isInBreachList(listOf([hashOf('known').toLowerCase()]), 'known')).toBe(true);
  });
});
