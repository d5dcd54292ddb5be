import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { SignedIn } from '../../common/auth/socket-authenticator';
import { DomainError } from '../../common/errors/domain-error';
import type { RequestSource } from '../../common/http/request-source';
import { RECONNECT } from '../message-events.mapper';
import { CLOSE, type CloseCode } from './close-codes';
import type { RawFrame } from './frame';
import { Inbox } from './inbox';
import { Flood } from './flood';
import { Pulse, type Outbox } from './pulse';

/** No more is put into a socket while so much of it waits for its reader. */
const HIGH_WATER_BYTES = 64 * 1024;
const MOST_STREAMS = 100;

/** Who is at the other end. */
export interface Peer {
  /** Of the request that became the socket. */
  readonly requestId: string;
  readonly source: RequestSource;
  /** As limits by address count it. */
  readonly address: string;
}

/** One reply on its way to a socket. */
export interface Stream {
  /** Of the frame that asked for it. */
  readonly requestId: string;
  readonly gone: AbortController;
}

/** One socket: what comes in, in order; what goes out, at the reader's pace; and what ends with it. */
export class Connection {
  /** Null until the first frame has been taken. */
  signedIn: SignedIn | null = null;
  /** Resolves with the code when the socket has ended, however it has. */
  readonly closed: Promise<number>;
  private readonly inbox: Inbox;
  private readonly pulse = new Pulse();
  private readonly flood = new Flood();
  private readonly streams = new Set<Stream>();
  /** We have closed it. What came before the peer closed it is still taken. */
  private isRefused = false;
  private leaving = false;
  private waiting: (() => void)[] = [];

  /** @param take is called with one frame after the other, and never throws. */
  constructor(
    private readonly socket: WebSocket,
    private readonly tcp: Socket,
    readonly peer: Peer,
    take: (frame: RawFrame, connection: Connection) => Promise<void>,
  ) {
    this.inbox = new Inbox(
      socket,
      async (frame) => {
        if (!this.isRefused) await take(frame, this);
      },
      () => this.leaveIfIdle(),
    );
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.isRefused) return;
      this.pulse.heard();
      if (this.flood.isOver(performance.now())) this.close(CLOSE.tooManyTries);
      else this.inbox.put({ data, isBinary });
    });
    socket.on('pong', () => this.pulse.heard());
    socket.on('error', () => undefined); // it closes, with the code that fits
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        this.end();
        resolve(code);
      });
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Puts a frame on its way, once what was sent before has mostly been taken. Does nothing where the socket has closed. */
  async send(frame: object): Promise<void> {
    while (this.isOpen && this.socket.bufferedAmount >= HIGH_WATER_BYTES)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.isOpen) this.socket.send(JSON.stringify(frame), () => this.wake());
  }

  /** The first call counts. Frames that came and were not taken yet are dropped. */
  close({ code, reason }: CloseCode): void {
    this.isRefused = true;
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.isRefused = true;
    this.socket.terminate();
  }

  /** @throws DomainError `too_many_connections` */
  begin(requestId: string): Stream {
    if (this.streams.size >= MOST_STREAMS)
      throw new DomainError(
        'too_many_connections',
        `A socket follows at most ${MOST_STREAMS} replies at a time.`,
      );
    const stream = { requestId, gone: new AbortController() };
    this.streams.add(stream);
    if (!this.isOpen) stream.gone.abort();
    return stream;
  }

  finish(stream: Stream): void {
    this.streams.delete(stream);
    this.leaveIfIdle();
  }

  /** Closes as soon as nothing is asked and no reply is on its way. */
  leaveWhenIdle(): void {
    this.leaving = true;
    this.leaveIfIdle();
  }

  /** Closes now, and says that the replies on their way go on elsewhere. */
  leave(): void {
    const requestIds = [...this.streams].map(({ requestId }) => requestId);
    this.stopStreams();
    for (const requestId of requestIds) void this.send({ ...RECONNECT.data, requestId });
    this.close(CLOSE.goingAway);
  }

  /** To be called once every `BEAT_MS`. Ends the socket where nobody is there any more. */
  beat(nowMs: number): void {
    if (this.inbox.isPaused) this.pulse.heard(); // it may say what it will: we don't listen
    const outbox = this.outbox();
    if (!this.pulse.beat(nowMs, outbox)) this.terminate();
    else if (this.isOpen && outbox.waiting === 0) this.socket.ping();
  }

  private outbox(): Outbox {
    const { bytesWritten, writableLength } = this.tcp;
    // Of the write under way the handle alone knows how much the peer has taken; Node's own time-out looks there, too.
    const { writeQueueSize = 0 } =
      (this.tcp as { _handle?: { writeQueueSize?: number } | null })._handle ?? {};
    return { waiting: writableLength, taken: bytesWritten - writableLength - writeQueueSize };
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const go of waiting) go();
  }

  private leaveIfIdle(): void {
    if (this.leaving && this.streams.size === 0 && this.inbox.isEmpty) this.close(CLOSE.goingAway);
  }

  private stopStreams(): void {
    for (const { gone } of this.streams) gone.abort();
  }

  private end(): void {
    this.stopStreams();
    this.wake();
  }
}
