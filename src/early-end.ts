/** What a shell says of a process that the signal has ended. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

const end = (signal: NodeJS.Signals): void => process.exit(STATUS[signal as keyof typeof STATUS]);

/**
 * Ends the process at once at SIGTERM or SIGINT, until somebody ends it in order: as process 1 of a container it would not hear them
 * without a listener.
 */
export function endOnSignals(): void {
  for (const signal of Object.keys(STATUS)) process.on(signal, end);
}

export function endOnSignalsNoMore(): void {
  for (const signal of Object.keys(STATUS)) process.off(signal, end);
}
