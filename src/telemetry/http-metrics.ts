import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds. The longest answers are waits for a reply (`SEND_WAIT_SECONDS`). */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Requests by route, never by path: ids in labels would make a series each. */
@Injectable()
export class HttpMetrics {
  private readonly open = new Set<Response>();
  private readonly requests: Counter<'method' | 'route' | 'status'>;
  private readonly durations: Histogram<'method' | 'route'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'parley_http_requests_total',
      help: 'Requests answered, by the pattern of their route; none: the page, or no route fits',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.durations = new Histogram({
      name: 'parley_http_request_duration_seconds',
      help: 'From a request to the end of its answer; event streams, which last as long as a reply, are left out',
      labelNames: ['method', 'route'],
      buckets: BUCKETS,
      registers,
    });
    const { open } = this;
    new Gauge({
      name: 'parley_http_requests_open',
      help: 'Requests that are being answered now',
      labelNames: ['kind'],
      registers,
      collect() {
        const streams = [...open].filter(isEventStream).length;
        this.set({ kind: 'event_stream' }, streams);
        this.set({ kind: 'other' }, open.size - streams);
      },
    });
  }

  readonly middleware = (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    this.open.add(response);
    response.once('close', () => {
      this.open.delete(response);
      this.note(request, response, (performance.now() - startedAt) / 1000);
    });
    next();
  };

  private note(request: Request, response: Response, seconds: number): void {
    const { method } = request;
    const route = routeOf(request);
    // Who leaves before the answer's head has got no status; 499 is nginx's number for that.
    const status = response.headersSent ? response.statusCode : 499;
    this.requests.inc({ method, route, status });
    if (response.headersSent && !isEventStream(response)) this.durations.observe({ method, route }, seconds);
  }
}

/** The pattern, such as `/api/v1/conversations/:id`. */
export function routeOf(request: Pick<Request, 'route'>): string {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : 'none';
}

const isEventStream = (response: Response): boolean =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');
