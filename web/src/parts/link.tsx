import type { ComponentChildren } from 'preact';
import { goTo, isPlainClick } from '../state/location';

interface LinkProps {
  readonly href: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly current?: boolean;
  readonly onFollow?: () => void;
}

/** A link within the page: followed without loading it anew. */
export function Link({ href, children, current, onFollow, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    goTo(href);
    onFollow?.();
  };
  return (
    <a href={href} aria-current={current ? 'page' : undefined} onClick={follow} class={rest.class}>
      {children}
    </a>
  );
}
