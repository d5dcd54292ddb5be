import { useEffect } from 'preact/hooks';
import { Link } from '../parts/link';
import { usePage } from '../parts/page-context';
import { Skeleton } from '../parts/skeleton';
import { TopBar } from '../parts/top-bar';
import type { Chat } from '../state/chat';
import { needMarkdown } from '../text/markdown-when-needed';
import { ConversationMenu } from '../sidebar/conversation-menu';
import { Composer } from './composer';
import { Instructions } from './instructions';
import { MessageList } from './message-list';
import { ModelPicker } from './model-picker';
import { useAnnouncements } from './use-announcements';
import { Welcome } from './welcome';

export function ChatView({ chat }: { readonly chat: Chat }) {
  const conversation = chat.conversation.value;
  const title = conversation?.title ?? 'New chat';
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  useEffect(() => {
    if (chat.id !== null) needMarkdown(); // while the messages are on their way
  }, [chat]);
  useAnnouncements(chat);
  return (
    <>
      <TopBar title={title}>
        <ModelPicker chat={chat} />
        <Instructions chat={chat} />
        {conversation && <ConversationMenu conversation={conversation} />}
      </TopBar>
      <main class="chat">
        <Content chat={chat} />
      </main>
    </>
  );
}

function Content({ chat }: { readonly chat: Chat }) {
  if (chat.state.value === 'missing') return <Missing />;
  if (chat.state.value === 'failed') return <Failed chat={chat} />;
  return (
    <>
      <Offline />
      <Messages chat={chat} />
      <Composer chat={chat} />
    </>
  );
}

function Messages({ chat }: { readonly chat: Chat }) {
  const isEmpty = chat.branch.value.length === 0 && chat.asking.asked.value === null;
  if (!isEmpty) return <MessageList chat={chat} />;
  if (chat.state.value === 'ready') return <Welcome chat={chat} />;
  return (
    <div class="scroll">
      <div class="column">
        <Skeleton lines={8} />
      </div>
    </div>
  );
}

const Missing = () => (
  <div class="empty">
    <h2>This conversation is not here</h2>
    <p>It was deleted, or it belongs to somebody else.</p>
    <Link class="button primary" href="/">
      Start a new chat
    </Link>
  </div>
);

const Failed = ({ chat }: { readonly chat: Chat }) => (
  <div class="empty">
    <h2>The conversation could not be loaded</h2>
    <p>It is still there. Check your connection, and try again.</p>
    <button type="button" class="button primary" onClick={() => void chat.refresh()}>
      Try again
    </button>
  </div>
);

function Offline() {
  if (usePage().online.value) return null;
  return (
    <p class="offline" role="status">
      You are offline. Answers go on without you, and come when the network is back.
    </p>
  );
}
