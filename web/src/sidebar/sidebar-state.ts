import { signal } from '@preact/signals';

/** Narrower than this the list is a drawer over the chat. The style sheets have the same number. */
const narrow = matchMedia('(max-width: 48rem)');

export const isSidebarShown = signal(!narrow.matches);

narrow.addEventListener('change', ({ matches }) => (isSidebarShown.value = !matches));

export const toggleSidebar = (): void => {
  isSidebarShown.value = !isSidebarShown.value;
};

/** A drawer has done its work when something was chosen. */
export const closeDrawer = (): void => {
  if (narrow.matches) isSidebarShown.value = false;
};
