/** What another tab of this browser has done. */
export type TabMessage =
  | { readonly type: 'session' }
  | { readonly type: 'conversations' }
  | { readonly type: 'conversation'; readonly id: string };

export type Tell = (message: TabMessage) => void;

/** The other tabs of this browser, which agree with this one. */
export class Tabs {
  private readonly channel = new BroadcastChannel('parley');

  readonly tell: Tell = (message) => this.channel.postMessage(message);

  listen(onMessage: Tell): void {
    this.channel.onmessage = ({ data }: MessageEvent<TabMessage>) => onMessage(data);
  }

  close(): void {
    this.channel.close();
  }
}
