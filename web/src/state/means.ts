import type { Signal } from '@preact/signals';
import type { Api, ReplyStreams } from '../api/client';
import type { Conversation, Message } from '../api/types';
import type { Kept } from './kept';
import type { Notices } from './notices';
import type { PagedList } from './paged-list';
import type { Tell } from './tabs';

/** What asking needs of the page around it. */
export interface Means {
  readonly api: Api;
  readonly streams: ReplyStreams;
  readonly kept: Kept;
  readonly notices: Notices;
  readonly tell: Tell;
  readonly pause: (waitMs: number, signal: AbortSignal) => Promise<void>;
}

/** What asking needs of the chat that it asks in. */
export interface AskedIn {
  readonly id: string | null;
  readonly messages: PagedList<Message>;
  readonly draft: Signal<string>;
  readonly plan: Signal<{ readonly model: string | null; readonly systemPrompt: string | null }>;
  readonly state: Signal<string>;
  /** What was chosen for it is with the server, or has been refused. */
  readonly saved: Promise<unknown>;
  keptAs(what: 'asking'): string;
  become(conversation: Conversation): void;
  refresh(): Promise<void>;
  refreshConversation(id: string): Promise<void>;
}
