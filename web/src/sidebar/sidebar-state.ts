import { signal } from '@preact/signals';

/** Narrower than this the list is a drawer over the chat. The style sheets have the same number. */
const narrow = matchMedia('(max-width: 48rem)');

export const isSidebarShown = signal(!narrow.matches);

narrow.addEventListener('change', ({ matches }) => (isSidebarShown.value = !matches));

/** Of the button that shows the list, and of the one that hides it: there is one of them at a time. */
export const TOGGLE = 'sidebar-toggle';

export const toggleSidebar = (): void => show(!isSidebarShown.value);

/** A drawer has done its work when something was chosen. */
export const closeDrawer = (): void => {
  if (narrow.matches) show(false);
};

/** What had the focus may be gone then: the button that takes this back has it, unless something else does. */
function show(shown: boolean): void {
  isSidebarShown.value = shown;
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>(`.${TOGGLE}`)?.focus();
  });
}
