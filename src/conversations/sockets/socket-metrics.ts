import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { ConnectionCounts } from './connection-counts';

@Injectable()
export class SocketMetrics {
  constructor(registry: Registry, counts: ConnectionCounts) {
    new Gauge({
      name: 'parley_websockets_open',
      help: 'WebSockets that are open',
      registers: [registry],
      collect() {
        this.set(counts.open);
      },
    });
  }
}
