import type { Application } from 'express';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { normalizeIp } from '@nestjs/throttler';
import proxyAddress from 'proxy-addr';
import { WebSocketServer, type WebSocket } from 'ws';
import { handBack } from '../../common/http/hand-back';
import { chooseRequestId } from '../../common/http/request-id';
import { toSource } from '../../common/http/request-source';
import type { Peer } from './connection';

/** As Express would match it. */
const PATH = /^\/api\/v1\/ws\/?$/i;
const NOTHING = Buffer.alloc(0);

const OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false, // costs memory for every socket, and its frames are small
  /** The contract: 100 KB. A larger frame closes 1009. */
  maxPayload: 100 * 1024,
  /** How long the other side may take to close, too: with the look for ended sessions, less than the 5 s of the contract. */
  closeTimeout: 2_000,
  /** Frames that came together are taken one a turn of the event loop, or thousands of small ones would hold up everybody. */
  allowSynchronousEvents: false,
  /** A frame that comes in crumbs costs far more memory than it has bytes. */
  maxBufferedChunks: 1_024,
  maxFragments: 128,
};

/** Makes WebSockets of the requests for them. Whatever else wishes for an upgrade is answered as if it did not. */
export class Upgrades {
  private readonly sockets = new WebSocketServer(OPTIONS);

  /** @param open is called with each socket. @param isClosed whether there are to be no more of them. */
  constructor(
    private readonly app: Application,
    private readonly server: Server,
    private readonly isClosed: () => boolean,
    private readonly open: (socket: WebSocket, tcp: Socket, peer: Peer) => void,
  ) {
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.take(request, socket, head);
    });
    this.sockets.on('headers', (headers, request) => {
      headers.push(`X-Request-Id: ${request.id as string}`);
    });
    this.sockets.on('wsClientError', (_error, socket, request) => {
      handBack(server, request, socket, NOTHING, true);
    });
  }

  private take(request: IncomingMessage, tcp: Socket, head: Buffer): void {
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    const isOurs = isWebSocket && request.method === 'GET' && PATH.test(request.url ?? '');
    if (!isOurs || this.isClosed()) return handBack(this.server, request, tcp, head, isWebSocket);
    request.id = chooseRequestId(request);
    this.sockets.handleUpgrade(request, tcp, head, (socket) => this.open(socket, tcp, this.peerOf(request)));
  }

  /** The address is the one that Express would find behind the proxies that are trusted. */
  private peerOf(request: IncomingMessage): Peer {
    const trust = this.app.get('trust proxy fn') as Parameters<typeof proxyAddress>[1];
    const address = proxyAddress(request, trust);
    return {
      requestId: request.id as string,
      source: toSource(address, request.headers['user-agent']),
      address: normalizeIp(address),
    };
  }
}
