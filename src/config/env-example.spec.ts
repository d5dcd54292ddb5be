import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, SECRETS, VARIABLES } from './environment';

const EXAMPLE = readFileSync(join(__dirname, '..', '..', '.env.example'), 'utf8');

/** `# NAME=value`, as it stands there. */
const LINES = [...EXAMPLE.matchAll(/^# ?([A-Z][A-Z\d_]*)=(.*)$/gm)].map(
  ([, name, value]) => [name!, value!] as const,
);

describe('.env.example', () => {
  it('names everything that can be set, once', () => {
    const expected = [...Object.keys(VARIABLES), ...SECRETS.map((name) => `${name}_FILE`)];
    expect(LINES.map(([name]) => name).sort()).toEqual(expected.sort());
  });

  it('shows the default of everything, and nothing where there is none', () => {
    const shown = readEnvironment(Object.fromEntries(LINES));
    expect(shown).toEqual(readEnvironment({}));
    const given = LINES.filter(([, value]) => value !== '').map(([name]) => name);
    const defaults = Object.entries(readEnvironment({})).filter(([, value]) => !isNothing(value));
    expect(given.sort()).toEqual(defaults.map(([name]) => name).sort());
  });

  it('sets nothing by itself', () => {
    const lines = EXAMPLE.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual([]);
  });

  it('explains everything', () => {
    const blocks = EXAMPLE.split('\n\n').filter((block) => /^# ?[A-Z][A-Z\d_]*=/m.test(block));
    for (const block of blocks) expect(block.split('\n')[0]).toMatch(/^# [^=]+[.,:)]/);
  });
});

const isNothing = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
