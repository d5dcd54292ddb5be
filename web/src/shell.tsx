import { useEffect } from 'preact/hooks';
import { ChatView } from './chat/chat-view';
import { Lazy } from './parts/lazy';
import { Link } from './parts/link';
import { useWorkspace } from './parts/page-context';
import { TopBar } from './parts/top-bar';
import { Sidebar } from './sidebar/sidebar';
import { path } from './state/location';

const loadSettings = () => import('./account/settings-view').then(({ SettingsView }) => SettingsView);
const CHAT = /^\/(?:c\/([0-9a-f-]{36}))?$/;

/** The page of somebody who is signed in, guests too. */
export function Shell() {
  const workspace = useWorkspace();
  return (
    <div class="shell">
      <a class="skip" href="#view">
        Skip to the chat
      </a>
      <Sidebar />
      <div class="view" id="view" tabIndex={-1}>
        <View key={workspace.userId} />
      </div>
    </div>
  );
}

function View() {
  const workspace = useWorkspace();
  const place = CHAT.exec(path.value);
  const chat = place ? workspace.chatOf(place[1] ?? null) : null;
  useEffect(() => workspace.show(chat), [workspace, chat]);
  if (chat) return <ChatView key={chat.key} chat={chat} />;
  if (/^\/settings(\/|$)/.test(path.value)) return <Lazy load={loadSettings} props={{}} />;
  return <NotFound />;
}

const NotFound = () => (
  <>
    <TopBar title="Not found" />
    <main class="empty">
      <h2>There is nothing here</h2>
      <Link class="button primary" href="/">
        Back to the chat
      </Link>
    </main>
  </>
);
