import { SingleBar } from 'cli-progress';

export interface Progress {
  advance(by: number): void;
  stop(): void;
}

const NONE: Progress = { advance: () => undefined, stop: () => undefined };

/** A bar on standard error, for people only; `total` is asked for nobody else. None where the output itself is `onScreen`. */
export async function showProgress(total: () => Promise<number>, onScreen = false): Promise<Progress> {
  if (!process.stderr.isTTY || onScreen) return NONE;
  const bar = new SingleBar({ format: '{bar} {percentage}% | {eta_formatted} left', clearOnComplete: true });
  bar.start(await total(), 0);
  return { advance: (by) => bar.increment(by), stop: () => bar.stop() };
}
