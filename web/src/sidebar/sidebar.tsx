import { useState } from 'preact/hooks';
import { IconButton, Icon } from '../parts/icon';
import { Link } from '../parts/link';
import { useWorkspace } from '../parts/page-context';
import { AccountMenu } from './account-menu';
import { ConversationSection } from './conversation-section';
import { SearchField } from './search-field';
import { closeDrawer, isSidebarShown, TOGGLE, toggleSidebar } from './sidebar-state';

/** Of a menu or a dialog of the list's: Escape closes that alone. */
const isInFront = (element: Element): boolean => element.closest('.menu, dialog') !== null;

/** The conversations, beside the chat; on a phone a drawer over it. */
export function Sidebar() {
  if (!isSidebarShown.value) return null;
  return (
    <>
      <button
        type="button"
        class="backdrop"
        aria-label="Hide conversations"
        tabIndex={-1}
        onClick={closeDrawer}
      />
      <nav
        class="sidebar"
        aria-label="Conversations"
        onKeyDown={(event) => event.key === 'Escape' && !isInFront(event.target as Element) && closeDrawer()}
      >
        <header>
          <span class="brand">Parley</span>
          <IconButton icon="panel-left" label="Hide conversations" class={TOGGLE} onClick={toggleSidebar} />
        </header>
        <Link class="new-chat" href="/" onFollow={closeDrawer}>
          <Icon name="square-pen" />
          New chat
        </Link>
        <SearchField />
        <Lists />
        <AccountMenu />
      </nav>
    </>
  );
}

function Lists() {
  const { conversations } = useWorkspace();
  const [archive, setArchive] = useState(false);
  if (conversations.query.value)
    return (
      <div class="lists">
        <ConversationSection
          title="Found"
          list={conversations.found}
          empty="Nothing has these words. The last one may be the beginning of a word."
        />
      </div>
    );
  const showArchive = () => {
    setArchive(!archive);
    if (!archive) void conversations.archived.refresh().catch(() => undefined); // it says so itself
  };
  return (
    <div class="lists">
      {archive ? (
        <ConversationSection title="Archived" list={conversations.archived} empty="Nothing is archived." />
      ) : (
        <>
          <ConversationSection title="Pinned" list={conversations.pinned} />
          <ConversationSection
            title="Recent"
            list={conversations.recent}
            empty="Your conversations will be here."
          />
        </>
      )}
      <button type="button" class="text-button" onClick={showArchive}>
        {archive ? 'Back to the conversations' : 'Show the archive'}
      </button>
    </div>
  );
}
