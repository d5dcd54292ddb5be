/** Waits so long; less, when the network comes back or somebody looks at the page again. Throws when the signal is aborted. */
export function pauseUntilItMakesSense(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const options = { signal: over.signal, once: true };
    const end = () => {
      clearTimeout(timer);
      over.abort();
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const timer = setTimeout(end, waitMs);
    addEventListener('online', end, options);
    document.addEventListener('visibilitychange', end, options);
    signal.addEventListener('abort', end, options);
    if (signal.aborted) end();
  });
}
