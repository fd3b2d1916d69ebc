import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { MAX_PAGE } from '../../contract/catalog.js';
import { SHOP_ERRORS } from '../../contract/errors.js';
import { type DirectPath, Entrance, type ShortAnswer, type Shortcut } from '../../http/entrance.js';
import { RETRY_AFTER_SECONDS, TOO_BUSY } from '../../http/overload/overloaded.js';
import { writeJson } from '../../http/write-json.js';
import { type Lookup, type Read, ShopReader } from '../cache/shop-reader.js';
import { type PreparedAnswer, writePrepared } from './prepared-answer.js';

const LOOKUP_ROUTE = '/lookup/:id';
const SEARCH_ROUTE = '/search/:topic';
/** As most clients write them; whatever looks otherwise goes the long way, and is answered the same. */
const LOOKUP = /^\/lookup\/0*([1-9]\d{0,14})\/?$/;
const SEARCH = /^\/search\/([^/?#;]+)\/?$/;

const IF_NONE_MATCH = 'if-none-match';

/**
 * Look-ups and searches that the caches hold, answered ahead of Fastify and Nest with the bytes made when they were filled, and
 * look-ups that they do not hold. The reader is asked as `ShopController` asks it: sessions and fences count here as there.
 */
@Injectable()
export class CachedReads implements OnModuleInit, Shortcut, DirectPath {
  constructor(
    private readonly reader: ShopReader,
    private readonly entrance: Entrance,
  ) {}

  onModuleInit(): void {
    this.entrance.shorten(this);
    this.entrance.addDirectPath(this);
  }

  answer(request: IncomingMessage, response: ServerResponse): ShortAnswer | null {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const url = request.url ?? '';
    return this.lookup(url, request, response) ?? this.search(url, request, response);
  }

  serve(request: IncomingMessage, response: ServerResponse): Promise<ShortAnswer> | null {
    if (request.method !== 'GET') return null;
    const digits = LOOKUP.exec(request.url ?? '')?.[1];
    if (digits === undefined) return null;
    return this.reader.lookup(Number(digits)).then((lookup) => writeLookup(lookup, request, response));
  }

  private lookup(url: string, request: IncomingMessage, response: ServerResponse): ShortAnswer | null {
    const digits = LOOKUP.exec(url)?.[1];
    if (digits === undefined) return null;
    const lookup = this.reader.cachedLookup(Number(digits));
    return lookup === undefined ? null : writeLookup(lookup, request, response);
  }

  private search(url: string, request: IncomingMessage, response: ServerResponse): ShortAnswer | null {
    const encoded = SEARCH.exec(url)?.[1];
    const text = encoded === undefined ? null : decoded(encoded);
    if (text === null) return null;
    const search = this.reader.cachedSearch(text, MAX_PAGE, null);
    return search === undefined ? null : write(SEARCH_ROUTE, search.answer, request, response);
  }
}

function writeLookup(lookup: Read<Lookup>, request: IncomingMessage, response: ServerResponse): ShortAnswer {
  switch (lookup.kind) {
    case 'found':
      return write(LOOKUP_ROUTE, lookup.answer, request, response);
    case 'no such book':
      return refuse(response, ...SHOP_ERRORS['no such book']);
    case 'unreachable':
      return lookup.overloaded
        ? refuse(response, 503, TOO_BUSY, ['retry-after', String(RETRY_AFTER_SECONDS)])
        : refuse(response, ...SHOP_ERRORS['search unreachable']);
    default:
      return lookup satisfies never;
  }
}

function write(
  route: string,
  answer: PreparedAnswer,
  request: IncomingMessage,
  response: ServerResponse,
): ShortAnswer {
  return { route, status: writePrepared(response, answer, headerOf(request, IF_NONE_MATCH)) };
}

/** As the error filter would. */
function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers?: readonly string[],
): ShortAnswer {
  writeJson(response, status, { message }, headers);
  return { route: LOOKUP_ROUTE, status };
}

function decoded(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Node makes an object of all headers when `headers` is first looked at: only for requests that bear this one. */
function headerOf(request: IncomingMessage, wanted: string): string | undefined {
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === wanted.length && name.toLowerCase() === wanted) {
      return request.headers[wanted]?.toString();
    }
  }
  return undefined;
}
