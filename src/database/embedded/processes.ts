import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

export interface LiveProcess {
  /** Of its program; null where the system does not tell. */
  readonly name: string | null;
  /** Tells it from an earlier process with the same pid; empty where the system does not tell. */
  readonly startedAt: string;
}

/** Null when there is none, or only a zombie: one that nobody reaps keeps its pid for ever. */
export function findProcess(pid: number): LiveProcess | null {
  if (!existsSync('/proc/self/stat')) return findProcessBySignal(pid);
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** `/proc/<pid>/stat`, see proc_pid_stat(5): the name may hold blanks and brackets, the start time is field 22. */
export function parseProcessStat(stat: string): LiveProcess | null {
  const nameEnd = stat.lastIndexOf(')');
  const [state, ...rest] = stat.slice(nameEnd + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  return { name: stat.slice(stat.indexOf('(') + 1, nameEnd), startedAt: rest[18] ?? '' };
}

function findProcessBySignal(pid: number): LiveProcess | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  if (process.platform === 'win32') return { name: null, startedAt: '' };
  const [state = '', name = ''] = askPs(pid).split(/\s+(.*)/);
  return state.startsWith('Z') ? null : { name: basename(name), startedAt: '' };
}

function askPs(pid: number): string {
  return execFileSync('ps', ['-o', 'stat=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** Names this process in files that outlive it. */
export function ownMark(): string {
  return `${process.pid}-${findProcess(process.pid)?.startedAt ?? ''}`;
}

/** Whether the process that wrote the mark still runs. */
export function isAlive(mark: string): boolean {
  const [pid, startedAt] = mark.split('-');
  return Number(pid) > 0 && findProcess(Number(pid))?.startedAt === startedAt;
}
