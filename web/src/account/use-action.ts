import { useState } from 'preact/hooks';

export interface Action {
  readonly busy: boolean;
  /** Why the last try failed. */
  readonly fault: unknown;
  readonly run: () => void;
}

/** Something that somebody sets off, one at a time. */
export function useAction(work: () => Promise<void>): Action {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const run = () => {
    if (busy) return;
    setBusy(true);
    setFault(null);
    work()
      .catch(setFault)
      .finally(() => setBusy(false));
  };
  return { busy, fault, run };
}
