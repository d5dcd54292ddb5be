import type { Span } from '@opentelemetry/api';
import type { Request } from 'express';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { requestIdOf } from '../common/http/request-id';
import type { TelemetryConfig } from '../config/config';
import { routeOf } from './http-metrics';

/** Sends what is left. */
export type StopTraces = () => Promise<void>;

/** Asked every few seconds, by machines. */
const PROBES = /^\/(health|metrics)(\/|$)/;
/** For the last spans to reach their collector. */
const FLUSH_MS = 3_000;

/**
 * Sends traces by OTLP where a collector is named: of requests, statements and calls of models, with `traceparent` taken over and
 * handed on. Before anything loads `http` or `pg`, which are instrumented as they are loaded. Without a collector the SDK is not
 * even loaded. `OTEL_TRACES_SAMPLER` and `OTEL_RESOURCE_ATTRIBUTES` are read by the SDK itself.
 */
export async function startTraces({
  tracesTo,
  traceHeaders,
  serviceName,
}: TelemetryConfig): Promise<StopTraces> {
  if (tracesTo === null) return () => Promise.resolve();
  const { parseKeyPairsIntoRecord } = await import('@opentelemetry/core');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { registerInstrumentations } = await import('@opentelemetry/instrumentation');
  const resources = await import('@opentelemetry/resources');
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');

  const headers = parseKeyPairsIntoRecord(traceHeaders ?? undefined);
  const url = `${tracesTo.replace(/\/$/, '')}/v1/traces`;
  const { envDetector, hostDetector, serviceInstanceIdDetector } = resources;
  const resource = resources
    .resourceFromAttributes({ 'service.name': serviceName })
    .merge(resources.detectResources({ detectors: [hostDetector, serviceInstanceIdDetector, envDetector] }));
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, headers }))],
    forceFlushTimeoutMillis: FLUSH_MS,
  });
  provider.register();
  registerInstrumentations({ instrumentations: await instrumentations() });
  return () => provider.shutdown().catch(() => undefined); // a collector that is away must not spoil the exit
}

async function instrumentations() {
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const { PgInstrumentation } = await import('@opentelemetry/instrumentation-pg');
  const { UndiciInstrumentation } = await import('@opentelemetry/instrumentation-undici');
  return [
    new HttpInstrumentation({
      disableOutgoingRequestInstrumentation: true, // models are called by fetch, which is undici's
      ignoreIncomingRequestHook: ({ url }) => PROBES.test(url ?? ''),
      requestHook: hideQuery,
      applyCustomAttributesOnSpan: nameByRoute,
    }),
    // The texts of statements, never their values. Heartbeats belong to no request, and would be a trace a second.
    new PgInstrumentation({ requireParentSpan: true }),
    new UndiciInstrumentation(),
  ];
}

/** A query may hold what somebody searches for, or a ticket. */
function hideQuery(span: Span, request: ClientRequest | IncomingMessage): void {
  if (!('url' in request)) return;
  const path = request.url?.split('?')[0] ?? '/';
  span.setAttributes({ 'url.path': path, 'url.query': '' });
}

function nameByRoute(
  span: Span,
  request: ClientRequest | IncomingMessage,
  _response: IncomingMessage | ServerResponse,
): void {
  const route = routeOf(request as Request);
  span.setAttributes({ 'http.route': route, 'parley.request_id': requestIdOf(request as Request) });
  span.updateName(`${request.method} ${route}`);
}
