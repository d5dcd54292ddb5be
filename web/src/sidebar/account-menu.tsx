import { Menu, type MenuItem } from '../parts/menu';
import { usePage } from '../parts/page-context';
import { goTo } from '../state/location';
import { settings } from '../state/settings';
import { theme, type Theme } from '../state/theme';
import { closeDrawer } from './sidebar-state';

const THEMES: readonly { readonly value: Theme; readonly label: string; readonly icon: MenuItem['icon'] }[] =
  [
    { value: 'system', label: 'Theme of the system', icon: 'monitor' },
    { value: 'light', label: 'Light theme', icon: 'sun' },
    { value: 'dark', label: 'Dark theme', icon: 'moon' },
  ];

/** Who is signed in, and what there is for them. */
export function AccountMenu() {
  const page = usePage();
  const user = page.session.user.value;
  if (!user) return null;
  const guest = user.kind === 'guest';
  const name = user.displayName ?? user.username ?? 'Guest';
  const to = (path: string) => () => {
    goTo(path);
    closeDrawer();
  };
  const items: MenuItem[] = [
    ...(guest && settings.registration
      ? [{ icon: 'user-round', label: 'Make an account', run: to('/register') } as const]
      : []),
    ...(guest ? [{ icon: 'log-in', label: 'Sign in', run: to('/sign-in') } as const] : []),
    { icon: 'settings', label: 'Settings', run: to('/settings') },
    ...THEMES.map(({ value, label, icon }) => ({
      ...{ icon, label },
      checked: theme.value === value,
      run: () => (theme.value = value),
    })),
    ...(guest ? [] : [{ icon: 'log-out', label: 'Sign out', run: () => void page.signOut() } as const]),
  ];
  return (
    <Menu label="Account" items={items} class="account-button">
      <span class="avatar" aria-hidden="true">
        {name.charAt(0).toUpperCase()}
      </span>
      <span class="who">
        <span>{name}</span>
        {guest && <small>Not signed in</small>}
      </span>
    </Menu>
  );
}
