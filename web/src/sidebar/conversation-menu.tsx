import { useState } from 'preact/hooks';
import { exportPath } from '../api/client';
import type { Conversation } from '../api/types';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Menu, type MenuItem } from '../parts/menu';
import { usePage, useWorkspace } from '../parts/page-context';
import { saveFile } from '../parts/save-file';

interface ConversationMenuProps {
  readonly conversation: Conversation;
}

/** What can be done with a conversation. */
export function ConversationMenu({ conversation }: ConversationMenuProps) {
  const [renaming, setRenaming] = useState(false);
  const { id, title, pinned, archived } = conversation;
  const workspace = useWorkspace();
  const { notices, session } = usePage();
  const change = (what: Parameters<typeof workspace.conversations.change>[1]) =>
    void workspace.conversations
      .change(conversation, what)
      .then((changed) => changed && workspace.took(changed));
  const save = (format: 'json' | 'markdown') =>
    void session
      .download(exportPath(id, format))
      .then((response) => saveFile(response, `conversation.${format === 'json' ? 'json' : 'md'}`))
      .catch((error: unknown) => notices.fail(error));
  const items: MenuItem[] = [
    { icon: 'pencil', label: 'Rename', run: () => setRenaming(true) },
    {
      icon: pinned ? 'pin-off' : 'pin',
      label: pinned ? 'Unpin' : 'Pin',
      run: () => change({ pinned: !pinned }),
    },
    {
      icon: archived ? 'archive-restore' : 'archive',
      label: archived ? 'Take out of the archive' : 'Archive',
      run: () => change({ archived: !archived }),
    },
    { icon: 'download', label: 'Export as Markdown', run: () => save('markdown') },
    { icon: 'download', label: 'Export as JSON', run: () => save('json') },
    { icon: 'trash-2', label: 'Delete', danger: true, run: () => workspace.delete(conversation) },
  ];
  return (
    <>
      <Menu label={`More for ${title ?? 'New chat'}`} items={items}>
        <Icon name="ellipsis" />
      </Menu>
      {renaming && (
        <Rename
          title={title ?? ''}
          onClose={() => setRenaming(false)}
          onRename={(name) => {
            setRenaming(false);
            change({ title: name || null });
          }}
        />
      )}
    </>
  );
}

interface RenameProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly onRename: (title: string) => void;
}

function Rename({ title, onClose, onRename }: RenameProps) {
  const [name, setName] = useState(title);
  return (
    <Dialog title="Rename" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRename(name.trim());
        }}
      >
        <input
          class="field"
          aria-label="Title"
          maxLength={200}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class="dialog-foot">
          <button type="submit" class="button primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
