/** Server-sent events over fetch: EventSource cannot send the token. */
export interface StreamPorts {
  readonly event: (name: string, value: unknown) => void;
  /** Whether the stream is open. */
  readonly live: (live: boolean) => void;
  readonly notAllowed: () => void;
}

const RETRY_MS = 2_000;

/** Opens it again whenever it ends, until `signal`. */
export async function follow(
  path: string,
  headers: Readonly<Record<string, string>>,
  ports: StreamPorts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch(path, { headers, cache: 'no-store', signal });
      if (response.status === 401 || response.status === 404) return ports.notAllowed();
      if (response.ok && response.body) {
        ports.live(true);
        await read(response.body, ports.event);
      }
    } catch {
      // The connection ended; it is opened again below.
    }
    if (signal.aborted) return;
    ports.live(false);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

const LONGEST_EVENT = 1024 * 1024;

async function read(body: ReadableStream<Uint8Array>, event: StreamPorts['event']): Promise<void> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    if (text.length > LONGEST_EVENT) throw new Error('an event without an end');
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const each of events) {
      const fields = (name: string): string[] =>
        each
          .split('\n')
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart());
      const data = fields('data');
      if (data.length > 0) event(fields('event')[0] ?? 'message', JSON.parse(data.join('\n')));
    }
  }
}
