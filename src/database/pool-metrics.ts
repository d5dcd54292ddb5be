import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { HEARTBEATS } from './data-source-options';

/** How much of its connections this process uses. */
@Injectable()
export class PoolMetrics {
  constructor(
    registry: Registry,
    @InjectDataSource() requests: DataSource,
    @InjectDataSource(HEARTBEATS) heartbeats: DataSource,
  ) {
    const pools = Object.entries({ requests: poolOf(requests), heartbeats: poolOf(heartbeats) });
    const registers = [registry];
    new Gauge({
      name: 'parley_database_connections',
      help: 'Connections to the database',
      labelNames: ['pool', 'state'],
      registers,
      collect() {
        for (const [pool, { totalCount, idleCount }] of pools) {
          this.set({ pool, state: 'busy' }, totalCount - idleCount);
          this.set({ pool, state: 'idle' }, idleCount);
        }
      },
    });
    new Gauge({
      name: 'parley_database_connections_max',
      help: 'The most connections that this process makes (DATABASE_POOL)',
      labelNames: ['pool'],
      registers,
      collect() {
        for (const [pool, { options }] of pools) this.set({ pool }, options.max);
      },
    });
    new Gauge({
      name: 'parley_database_waiting',
      help: 'Statements that wait for a connection',
      labelNames: ['pool'],
      registers,
      collect() {
        for (const [pool, { waitingCount }] of pools) this.set({ pool }, waitingCount);
      },
    });
  }
}

/** TypeORM keeps pg's pool there, and says so in no type. */
const poolOf = ({ driver }: DataSource) => (driver as unknown as { readonly master: Pool }).master;
