import { useMemo } from 'preact/hooks';
import type { Conversation } from '../api/types';
import { useWorkspace } from '../parts/page-context';
import { Skeleton } from '../parts/skeleton';
import type { PagedList } from '../state/paged-list';
import { ConversationItem } from './conversation-item';
import { MoreWhenSeen } from './more-when-seen';

interface ConversationSectionProps {
  readonly title: string;
  readonly list: PagedList<Conversation>;
  /** Said where there is nothing; without it, nothing is shown then. */
  readonly empty?: string;
}

/** A list under its heading, which loads as somebody scrolls. */
export function ConversationSection({ title, list, empty }: ConversationSectionProps) {
  const { conversations } = useWorkspace();
  const visible = useMemo(() => conversations.visible(list), [conversations, list]);
  const rows = visible.value;
  const state = list.state.value;
  if (rows.length === 0 && !empty) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {state === 'first' && <Skeleton lines={4} />}
      {rows.length === 0 && state === 'ready' && <p class="hint">{empty}</p>}
      {state === 'failed' && rows.length === 0 && (
        <p class="hint">
          The list could not be loaded.{' '}
          <button
            type="button"
            class="text-button"
            onClick={() => void list.refresh().catch(() => undefined)}
          >
            Try again
          </button>
        </p>
      )}
      <ul>
        {rows.map((conversation) => (
          <ConversationItem key={conversation.id} conversation={conversation} />
        ))}
      </ul>
      {list.hasMore.value && <MoreWhenSeen list={list} />}
    </section>
  );
}
