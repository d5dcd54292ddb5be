import type { ComponentChildren } from 'preact';
import { isSidebarShown, TOGGLE, toggleSidebar } from '../sidebar/sidebar-state';
import { IconButton } from './icon';

interface TopBarProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

export const TopBar = ({ title, children }: TopBarProps) => (
  <header class="top-bar">
    {!isSidebarShown.value && (
      <IconButton icon="panel-left" label="Show conversations" class={TOGGLE} onClick={toggleSidebar} />
    )}
    <h1>{title}</h1>
    {children}
  </header>
);
