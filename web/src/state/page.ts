import { signal } from '@preact/signals';
import { createApi, ReplyStreams } from '../api/client';
import { Session } from '../api/session';
import { goTo } from './location';
import { Notices } from './notices';
import { apiOrigin, settings } from './settings';
import { Tabs, type TabMessage } from './tabs';
import { Workspace } from './workspace';

/** Coming back to the page more often than this finds nothing new. */
const LOOK_AGAIN_MS = 5_000;

/** What lives as long as the page. */
export class Page {
  readonly notices = new Notices();
  readonly session: Session;
  /** Of whoever is signed in. */
  readonly workspace = signal<Workspace | null>(null);
  readonly online = signal(navigator.onLine);
  private readonly tabs = new Tabs();
  private lookedAt = 0;

  constructor() {
    const said = () => this.tabs.tell({ type: 'session' });
    this.session = new Session(apiOrigin, settings.guests, said);
    this.session.user.subscribe((user) => {
      const workspace = this.workspace.peek();
      if (user?.id === workspace?.userId) return;
      workspace?.close();
      this.workspace.value = user ? this.open(user.id) : null;
    });
  }

  start(): void {
    this.tabs.listen((message) => this.hear(message));
    addEventListener('online', () => (this.online.value = true));
    addEventListener('offline', () => (this.online.value = false));
    addEventListener('online', () => this.lookAgain());
    addEventListener('focus', () => this.lookAgain());
    document.addEventListener('visibilitychange', () => this.lookAgain());
    addEventListener('pagehide', () => this.workspace.peek()?.conversations.deleteLeaving());
    void this.session.start();
  }

  async signOut(): Promise<void> {
    const workspace = this.workspace.peek();
    workspace?.conversations.deleteLeaving(); // while there is a token to do it with
    try {
      await this.session.signOut();
      workspace?.kept.clear(); // nothing of a person stays in a browser that others may use
      goTo('/sign-in');
    } catch (error) {
      this.notices.fail(error);
    }
  }

  /** The account is gone, with all that was kept here. */
  erased(): void {
    const workspace = this.workspace.peek();
    this.session.leave('none');
    workspace?.kept.clear();
    this.tabs.tell({ type: 'session' });
    goTo('/sign-in');
  }

  private open(userId: string): Workspace {
    const { session, notices, tabs } = this;
    const api = createApi(apiOrigin, session);
    const workspace = new Workspace(api, new ReplyStreams(apiOrigin, session), notices, tabs.tell, userId);
    void workspace.start();
    return workspace;
  }

  private hear(message: TabMessage): void {
    if (message.type === 'session')
      void this.agree().catch(() => undefined); // the next call finds out
    else this.workspace.peek()?.refresh(message);
  }

  /** With another tab, in which somebody has signed in or out. Who signed out there need not be told that a session has ended. */
  private async agree(): Promise<void> {
    await this.session.renew();
    if (this.session.state.peek() === 'ended') this.session.leave('none');
  }

  private lookAgain(): void {
    if (document.visibilityState === 'hidden' || Date.now() - this.lookedAt < LOOK_AGAIN_MS) return;
    this.lookedAt = Date.now();
    if (this.session.state.peek() === 'unreachable') void this.session.start();
    else this.workspace.peek()?.refresh(null);
  }
}
