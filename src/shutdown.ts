import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import { errorForLog } from './common/errors/error-for-log';
import { within } from './common/within';
import { RunningCalls } from './completions/running-calls';
import { Config } from './config/config';
import { RepliesService } from './conversations/replies/replies.service';
import { SocketGateway } from './conversations/sockets/socket.gateway';
import { endOnSignalsNoMore } from './early-end';
import { HealthService } from './health/health.service';

/** npm passes on the signal that the terminal has sent already: two within this time are one. */
const SAME_SIGNAL_MS = 500;
/** For closing what is left after the drain, before the process ends itself. */
const CLOSE_MS = 15_000;

/** For answers whose reply has ended to reach their readers. */
const LAST_ANSWERS_MS = 2_000;

/** What outlives the application: it is ended after it, one after the other. */
type Afterwards = readonly (() => Promise<void> | undefined)[];

/** Ends everything in order at SIGTERM or SIGINT, and at a second one at once. */
export function stopOnSignals(app: NestExpressApplication, afterwards: Afterwards): void {
  let stoppingSince: number | null = null;
  const onSignal = () => {
    if (stoppingSince === null) {
      stoppingSince = performance.now();
      void stop(app, afterwards);
    } else if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
  };
  endOnSignalsNoMore();
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function stop(app: NestExpressApplication, afterwards: Afterwards): Promise<void> {
  const logger = new Logger('Shutdown');
  const { drainMs } = app.get(Config).replies;
  setTimeout(() => process.exit(1), drainMs + CLOSE_MS).unref();
  try {
    logger.log('Stopping: no new work, waiting for replies to end.');
    app.get(HealthService).drain();
    const sockets = app.get(SocketGateway);
    sockets.drain();
    // Still listening: readers may rejoin, and probes see 503.
    await Promise.all([app.get(RepliesService).drain(drainMs), app.get(RunningCalls).drain(drainMs)]);
    await sockets.close();
    await closeServer(app.getHttpServer());
    await app.close();
    for (const end of afterwards) await end();
    process.exit(0);
  } catch (error) {
    logger.error({ msg: 'stopped badly', err: errorForLog(error) });
    process.exit(1);
  }
}

/** Lets answers under way be finished for a moment; a keep-alive connection that has gone idle would never end by itself. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await within(LAST_ANSWERS_MS, closed);
  clearInterval(idle);
  server.closeAllConnections();
}
