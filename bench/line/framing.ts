/** Frames of our own over a plain socket: their length in four bytes, then their text. */
export function framed(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text));
  bytes.writeUInt32BE(bytes.length - 4);
  bytes.write(text, 4);
  return bytes;
}

export function reader(take: (text: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const end = 4 + rest.readUInt32BE();
      take(rest.toString('utf8', 4, end));
      rest = rest.subarray(end);
    }
  };
}

/** Has all messages of one turn of the event loop leave together. */
export function atEndOfTurn(flush: (messages: readonly string[]) => void): (message: string) => void {
  let waiting: string[] = [];
  return (message) => {
    if (waiting.push(message) > 1) return;
    setImmediate(() => {
      const messages = waiting;
      waiting = [];
      flush(messages);
    });
  };
}
