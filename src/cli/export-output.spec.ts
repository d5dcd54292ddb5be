import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOut } from './export-output';

describe('A new file', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-output-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  async function* lines(seen: (files: string[]) => void, failure?: Error): AsyncGenerator<string> {
    yield 'one\n';
    await Promise.resolve();
    seen(readdirSync(folder));
    if (failure) throw failure;
    yield 'two\n';
  }

  it('is there under its name once it is whole', async () => {
    const seen = jest.fn();
    await writeOut(lines(seen), join(folder, 'new'));
    expect(seen).toHaveBeenCalledWith([expect.stringMatching(/^new\.\d+\.part$/)]);
    expect(readdirSync(folder)).toEqual(['new']);
    expect(readFileSync(join(folder, 'new'), 'utf8')).toBe('one\ntwo\n');
  });

  it('is not there at all where its lines end in failure', async () => {
    const failing = writeOut(lines(jest.fn(), new Error('The database is gone.')), join(folder, 'new'));
    await expect(failing).rejects.toThrow('The database is gone.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the place of no other', async () => {
    writeFileSync(join(folder, 'new'), 'old');
    await expect(writeOut(lines(jest.fn()), join(folder, 'new'))).rejects.toThrow(/is there already/);
    expect(readFileSync(join(folder, 'new'), 'utf8')).toBe('old');
  });
});
