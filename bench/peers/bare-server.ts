import { createServer } from 'node:http';

/** `node bare-server.js PORT FILE`: Node's own HTTP server, which sends one answer, known beforehand, to whatever comes. */
import { readFileSync } from 'node:fs';

const [port = '0', file = ''] = process.argv.slice(2);
const { headers, body } = JSON.parse(readFileSync(file, 'utf8')) as {
  headers: Record<string, string>;
  body: string;
};
const bytes = Buffer.from(body);

createServer({ keepAliveTimeout: 72_000 }, (_request, response) => {
  response.writeHead(200, headers);
  response.end(bytes);
}).listen(Number(port), '127.0.0.1');
