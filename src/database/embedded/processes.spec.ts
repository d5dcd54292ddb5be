import { spawnSync } from 'node:child_process';
import { findProcess, isAlive, ownMark, parseProcessStat } from './processes';

const stat = (name: string, state: string) =>
  `4711 (${name}) ${state} 1 4711 4711 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 8675309 1 1 1`;

describe('parseProcessStat', () => {
  it('reads name and start, also of a name with blanks and brackets', () => {
    expect(parseProcessStat(stat('postgres', 'S'))).toEqual({ name: 'postgres', startedAt: '8675309' });
    expect(parseProcessStat(stat('a (b) c', 'R'))).toEqual({ name: 'a (b) c', startedAt: '8675309' });
  });

  it('takes a zombie for gone', () => {
    expect(parseProcessStat(stat('postgres', 'Z'))).toBeNull();
  });
});

describe('A process', () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;

  it('is found while it runs, and not after its end', () => {
    expect(findProcess(process.pid)).not.toBeNull();
    expect(findProcess(ended)).toBeNull();
  });

  it('is alive by the mark it made, and dead once its pid is another', () => {
    expect(isAlive(ownMark())).toBe(true);
    expect(isAlive(ownMark().replace(/^\d+/, String(ended)))).toBe(false);
  });

  it('is dead when a mark names its pid and another start, or is no mark', () => {
    expect(isAlive(`${process.pid}-another`)).toBe(false);
    expect(isAlive('')).toBe(false);
    expect(isAlive('notes.txt')).toBe(false);
  });
});
