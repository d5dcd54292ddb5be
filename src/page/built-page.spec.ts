import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBuiltPage } from './built-page';

describe('The built page', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-page-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string) => writeFileSync(join(folder, name), `the text of ${name}`);

  it('is asked for in plain words where it is not built', () => {
    expect(() => readBuiltPage([join(folder, 'nowhere'), folder])).toThrow(
      'The page is not built. Run: npm run build',
    );
  });

  it('is found in the first of the places that has it', () => {
    for (const name of ['index.html', 'error.html']) write(name);
    expect(readBuiltPage([join(folder, 'nowhere'), folder])).toEqual({
      index: 'the text of index.html',
      error: 'the text of error.html',
      files: new Map(),
    });
  });

  it('has each other file once, with the packed ones that lie beside it', () => {
    mkdirSync(join(folder, 'assets'));
    const [plain, packed] = ['icon.svg', 'assets/main.js'];
    for (const name of ['index.html', 'error.html', plain, packed, `${packed}.br`, `${packed}.gz`])
      write(name);
    const { files } = readBuiltPage([folder]);
    const bytes = (name: string) => Buffer.from(`the text of ${name}`);
    expect(Object.fromEntries(files)).toEqual({
      '/icon.svg': { identity: bytes(plain) },
      '/assets/main.js': {
        identity: bytes(packed),
        br: bytes(`${packed}.br`),
        gzip: bytes(`${packed}.gz`),
      },
    });
  });
});
