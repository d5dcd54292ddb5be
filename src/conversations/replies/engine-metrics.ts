import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { Heartbeat } from './heartbeat';
import { RunningReplies } from './running-replies';

/** How the engine of this process is at the moment of asking. */
@Injectable()
export class EngineMetrics {
  constructor(registry: Registry, running: RunningReplies, heartbeat: Heartbeat) {
    const registers = [registry];
    new Gauge({
      name: 'parley_replies_running',
      help: 'Replies that this process is writing',
      registers,
      collect() {
        this.set(running.ids().length);
      },
    });
    new Gauge({
      name: 'parley_heartbeat_lag_seconds',
      help: 'Since the database has last answered a heartbeat; leases run out at 10',
      registers,
      collect() {
        this.set(heartbeat.lagMs / 1000);
      },
    });
  }
}
