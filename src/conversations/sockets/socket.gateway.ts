import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Application } from 'express';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { DomainError } from '../../common/errors/domain-error';
import { within } from '../../common/within';
import { CLOSE } from './close-codes';
import { Connection, type Peer } from './connection';
import { ConnectionCounts } from './connection-counts';
import { FrameHandler } from './frame-handler';
import { BEAT_MS } from './pulse';
import { SessionWatch } from './session-watch';
import { SocketDoor } from './socket-door';
import { Upgrades } from './upgrades';

/** The contract: the first frame comes within this time. */
const AUTH_MS = 5_000;
/** For the last events to reach their readers, once nothing is written any more. */
const LAST_EVENTS_MS = 2_000;
const CLOSE_MS = 1_000;

/** The sockets of this process, from their handshake to their end. */
@Injectable()
export class SocketGateway implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('WebSocket');
  private readonly connections = new Set<Connection>();
  private draining = false;
  private beat?: NodeJS.Timeout;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly door: SocketDoor,
    private readonly frames: FrameHandler,
    private readonly counts: ConnectionCounts,
    private readonly watch: SessionWatch,
  ) {}

  onApplicationBootstrap(): void {
    const { httpAdapter } = this.host as { httpAdapter?: HttpAdapterHost['httpAdapter'] };
    if (!httpAdapter) return; // the command line has no server
    new Upgrades(
      httpAdapter.getInstance<Application>(),
      httpAdapter.getHttpServer() as Server,
      () => this.draining,
      (...opened) => this.accept(...opened),
    );
    this.watch.start(this.connections);
    this.beat = setInterval(() => this.beatAll(), BEAT_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.draining = true;
    clearInterval(this.beat);
    for (const connection of this.connections) connection.terminate();
    await this.watch.stop();
  }

  /** Why a request for the path gets no socket: it asks for none in the right way, or there are no more. */
  refusal(): DomainError {
    if (this.draining) return new DomainError('draining', 'This server is going away. Try again.');
    return new DomainError('malformed_request', 'This path speaks WebSocket, version 13.', {
      headers: { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
    });
  }

  /** Takes no new sockets, and closes each as soon as no reply is on its way to it. */
  drain(): void {
    this.draining = true;
    for (const connection of this.connections) connection.leaveWhenIdle();
  }

  /** Closes what is left after the drain. Resolves when none is open. */
  async close(): Promise<void> {
    const closed = Promise.all([...this.connections].map((connection) => connection.closed));
    await within(LAST_EVENTS_MS, closed);
    for (const connection of this.connections) connection.leave();
    await within(CLOSE_MS, closed);
    for (const connection of this.connections) connection.terminate();
  }

  private accept(socket: WebSocket, tcp: Socket, peer: Peer): void {
    const late = setTimeout(() => connection.close(CLOSE.authTimeout), AUTH_MS);
    const connection: Connection = new Connection(socket, tcp, peer, (frame) => {
      clearTimeout(late);
      return connection.signedIn ? this.frames.take(frame, connection) : this.door.admit(frame, connection);
    });
    const counted = this.counts.addOfAddress(peer.address);
    if (!counted) connection.close(CLOSE.tooMany);
    this.connections.add(connection);
    const { requestId } = peer;
    this.logger.debug({ msg: 'socket opened', requestId });
    void connection.closed.then((code) => {
      clearTimeout(late);
      this.connections.delete(connection);
      if (counted) this.counts.remove(peer.address, connection.signedIn?.caller.userId ?? null);
      this.logger.debug({ msg: 'socket closed', requestId, code });
    });
  }

  private beatAll(): void {
    const now = performance.now();
    for (const connection of this.connections) connection.beat(now);
  }
}
