import { useEffect } from 'preact/hooks';
import { Link } from '../parts/link';
import { usePage } from '../parts/page-context';
import { TopBar } from '../parts/top-bar';
import { path } from '../state/location';
import { AccountSection } from './account-section';
import { KeysSection } from './keys-section';
import { SessionsSection } from './sessions-section';
import { UsageSection } from './usage-section';

const SECTIONS = [
  { path: '/settings/account', title: 'Account', Part: AccountSection, guests: true },
  { path: '/settings/sessions', title: 'Sessions', Part: SessionsSection, guests: true },
  { path: '/settings/keys', title: 'API keys', Part: KeysSection, guests: false },
  { path: '/settings/usage', title: 'Usage', Part: UsageSection, guests: true },
] as const;

export function SettingsView() {
  const guest = usePage().session.user.value?.kind === 'guest';
  const section = SECTIONS.find((one) => one.path === path.value) ?? SECTIONS[0];
  useEffect(() => {
    document.title = `${section.title} · Parley`;
  }, [section]);
  return (
    <>
      <TopBar title="Settings" />
      <main class="settings">
        <nav aria-label="Settings">
          {SECTIONS.filter(({ guests }) => guests || !guest).map((one) => (
            <Link key={one.path} href={one.path} current={one === section}>
              {one.title}
            </Link>
          ))}
        </nav>
        <div class="settings-section">
          <h2>{section.title}</h2>
          <section.Part />
        </div>
      </main>
    </>
  );
}
