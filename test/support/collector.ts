import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A span as OTLP/JSON has it, with its attributes as an object, and the service that sent it. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 2: server, 3: client. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number };
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly service: string;
  readonly instance: string;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}
type RawSpan = Omit<CollectedSpan, 'attributes' | 'service' | 'instance'> & { attributes: Attribute[] };
interface Message {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: Attribute[] };
    readonly scopeSpans: { readonly spans: RawSpan[] }[];
  }[];
}

/** Stands in for an OpenTelemetry collector: takes spans by OTLP/JSON over HTTP. */
export class Collector {
  readonly spans: CollectedSpan[] = [];
  /** All that came. */
  readonly texts: string[] = [];
  readonly requests: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  /** What it answers. */
  status = 200;
  private server: Server | undefined;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.take(request, Buffer.concat(chunks).toString());
        response.writeHead(this.status, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private take({ url, headers }: IncomingMessage, text: string): void {
    this.requests.push({ url, headers });
    this.texts.push(text);
    if (this.status !== 200 || headers['content-type'] !== 'application/json') return;
    for (const { resource, scopeSpans } of (JSON.parse(text) as Message).resourceSpans) {
      const { 'service.name': service, 'service.instance.id': instance } = objectOf(resource.attributes);
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const whose = { service: String(service), instance: String(instance) };
        this.spans.push({ ...span, attributes: objectOf(span.attributes), ...whose });
      }
    }
  }
}

function objectOf(attributes: readonly Attribute[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue } }) => [key, stringValue ?? intValue ?? '']),
  );
}
