import type { Conversation } from '../api/types';
import { Link } from '../parts/link';
import { path } from '../state/location';
import { ConversationMenu } from './conversation-menu';
import { closeDrawer } from './sidebar-state';

export function ConversationItem({ conversation }: { readonly conversation: Conversation }) {
  const { id, title, snippet, snippetMatches } = conversation;
  const href = `/c/${id}`;
  return (
    <li class="conversation">
      <Link href={href} current={path.value === href} onFollow={closeDrawer}>
        <span class="title">{title ?? 'New chat'}</span>
        {snippet && (
          <span class="snippet">
            <Marked text={snippet} matches={snippetMatches ?? []} />
          </span>
        )}
      </Link>
      <ConversationMenu conversation={conversation} />
    </li>
  );
}

interface MarkedProps {
  readonly text: string;
  /** Start and length, in UTF-16 units, in the order of the text. */
  readonly matches: NonNullable<Conversation['snippetMatches']>;
}

/** A text whose matches stand out. */
function Marked({ text, matches }: MarkedProps) {
  let end = 0;
  const parts = matches.map(([start = 0, length = 0]) => {
    const before = text.slice(end, start);
    end = start + length;
    return (
      <>
        {before}
        <mark>{text.slice(start, end)}</mark>
      </>
    );
  });
  return (
    <>
      {parts}
      {text.slice(end)}
    </>
  );
}
