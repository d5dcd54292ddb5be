import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

type Attributes = Readonly<Record<string, unknown>>;

export interface Span {
  /** The library that made it. */
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: Attributes;
}

/** As OTLP's JSON has them: https://opentelemetry.io/docs/specs/otlp/ */
type KeyValues = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (Omit<Span, 'scope' | 'attributes'> & { readonly attributes: KeyValues })[];
    }[];
  }[];
}

/** A collector that keeps what it gets. */
export class OtlpReceiver {
  /** As `OTEL_EXPORTER_OTLP_ENDPOINT` takes it. */
  readonly url: string;
  readonly spans: Span[] = [];
  readonly resources: Attributes[] = [];
  readonly headers: IncomingHttpHeaders[] = [];

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response) => {
      void this.take(request).then((status) => response.writeHead(status).end('{}'));
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new OtlpReceiver(server);
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage): Promise<number> {
    if (request.url !== '/v1/traces') return 404;
    this.headers.push(request.headers);
    const { resourceSpans } = (await json(request)) as Export;
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(toRecord(resource.attributes));
      for (const { scope, spans } of scopeSpans)
        for (const { attributes, ...span } of spans)
          this.spans.push({ ...span, scope: scope.name, attributes: toRecord(attributes) });
    }
    return 200;
  }
}

const toRecord = (attributes: KeyValues): Attributes =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
