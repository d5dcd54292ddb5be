import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon';

export interface MenuItem {
  readonly icon: IconName;
  readonly label: string;
  readonly run: () => void;
  readonly danger?: boolean;
  /** One of several, of which one is chosen. */
  readonly checked?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly children: ComponentChildren;
  readonly class?: string;
}

const MARGIN = 8;
/** Of a button without words, which therefore needs the label. */
const ICON_ALONE = 'icon-button';

/** A button with a menu, as the ARIA Authoring Practices have it: arrows, Home, End, Escape, and focus that comes back. */
export function Menu({ label, items, children, class: look = ICON_ALONE }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (back: boolean) => {
    setOpen(false);
    if (back) button.current?.focus();
  };
  return (
    <>
      <button
        type="button"
        ref={button}
        class={look}
        aria-label={look === ICON_ALONE ? label : undefined}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children}
      </button>
      {open && <Items {...{ id, label, items, close }} anchor={button.current!} />}
    </>
  );
}

interface ItemsProps extends Pick<MenuProps, 'items' | 'label'> {
  readonly id: string;
  readonly anchor: HTMLElement;
  readonly close: (back: boolean) => void;
}

/** In the top layer, so that no scrolling list cuts it off. */
function Items({ id, label, items, anchor, close }: ItemsProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = list.current!;
    menu.showPopover();
    place(menu, anchor);
    menu.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
  }, [anchor]);
  const onToggle = (event: Event) => {
    const menu = event.currentTarget as HTMLElement; // which may be gone from the page by now
    if ((event as ToggleEvent).newState === 'closed') close(menu.contains(document.activeElement));
  };
  return (
    <div
      ref={list}
      id={id}
      class="menu"
      role="menu"
      aria-label={label}
      popover="auto"
      onToggle={onToggle}
      onKeyDown={moveFocus}
    >
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          aria-checked={item.checked}
          tabIndex={-1}
          class={item.danger ? 'danger' : undefined}
          onClick={() => {
            close(true);
            item.run();
          }}
        >
          <Icon name={item.icon} />
          {item.label}
          {item.checked && <Icon name="check" />}
        </button>
      ))}
    </div>
  );
}

function place(menu: HTMLElement, anchor: HTMLElement): void {
  const [at, size] = [anchor.getBoundingClientRect(), menu.getBoundingClientRect()];
  const below = at.bottom + 4 + size.height <= innerHeight - MARGIN;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(MARGIN, at.top - 4 - size.height)}px`;
  menu.style.left = `${Math.max(MARGIN, Math.min(at.left, innerWidth - size.width - MARGIN))}px`;
}

function moveFocus(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  const items = [...menu.querySelectorAll<HTMLElement>('[role^=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  if (event.key === 'Tab') menu.hidePopover();
  const to = steps[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}
