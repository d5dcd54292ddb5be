import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Skeleton } from './skeleton';

interface LazyProps<Props> {
  /** The same function each time. */
  readonly load: () => Promise<ComponentType<Props>>;
  readonly props: Props;
}

/** A part of the page that is loaded when it is first shown. */
export function Lazy<Props extends object>({ load, props }: LazyProps<Props>) {
  const [part, setPart] = useState<{ readonly Part: ComponentType<Props> } | 'failed' | null>(null);
  const start = () => {
    setPart(null);
    load().then(
      (Part) => setPart({ Part }),
      () => setPart('failed'),
    );
  };
  useEffect(start, [load]);
  if (part === 'failed')
    return (
      <div class="empty">
        <p>This part of the page could not be loaded.</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  return part ? <part.Part {...props} /> : <Skeleton lines={6} />;
}
