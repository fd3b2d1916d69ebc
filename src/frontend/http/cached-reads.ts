import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { SHOP_ERRORS } from '../../contract/errors.js';
import { MAX_PAGE } from '../../contract/catalog.js';
import { Entrance, type ShortAnswer, type Shortcut } from '../../platform/entrance.js';
import { ShopReader } from '../cache/shop-reader.js';
import { prepareError, type PreparedAnswer, writePrepared } from './prepared-answer.js';

const LOOKUP_ROUTE = '/lookup/:id';
const SEARCH_ROUTE = '/search/:topic';
/** As most clients write them; whatever looks otherwise goes the long way, and is answered the same. */
const LOOKUP = /^\/lookup\/0*([1-9]\d{0,14})\/?$/;
const SEARCH = /^\/search\/([^/?#;]+)\/?$/;

const NO_SUCH_BOOK = prepareError(...SHOP_ERRORS['no such book']);
const IF_NONE_MATCH = 'if-none-match';

/**
 * Look-ups and searches that the caches hold, answered ahead of Fastify and Nest with the bytes made when they were filled.
 * The cache is asked as `ShopController` asks it: sessions and fences count here as there.
 */
@Injectable()
export class CachedReads implements OnModuleInit, Shortcut {
  constructor(
    private readonly reader: ShopReader,
    private readonly entrance: Entrance,
  ) {}

  onModuleInit(): void {
    this.entrance.shorten(this);
  }

  answer(request: IncomingMessage, response: ServerResponse): ShortAnswer | null {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const url = request.url ?? '';
    return this.lookup(url, request, response) ?? this.search(url, request, response);
  }

  private lookup(url: string, request: IncomingMessage, response: ServerResponse): ShortAnswer | null {
    const digits = LOOKUP.exec(url)?.[1];
    if (digits === undefined) return null;
    const lookup = this.reader.cachedLookup(Number(digits));
    if (lookup === undefined) return null;
    if (lookup.kind === 'found') return write(LOOKUP_ROUTE, lookup.answer, request, response);
    const { status, headers, body } = NO_SUCH_BOOK;
    response.writeHead(status, headers as string[]).end(body);
    return { route: LOOKUP_ROUTE, status };
  }

  private search(url: string, request: IncomingMessage, response: ServerResponse): ShortAnswer | null {
    const encoded = SEARCH.exec(url)?.[1];
    const text = encoded === undefined ? null : decoded(encoded);
    if (text === null) return null;
    const search = this.reader.cachedSearch(text, MAX_PAGE, null);
    return search === undefined ? null : write(SEARCH_ROUTE, search.answer, request, response);
  }
}

function write(
  route: string,
  answer: PreparedAnswer,
  request: IncomingMessage,
  response: ServerResponse,
): ShortAnswer {
  return { route, status: writePrepared(response, answer, ifNoneMatchOf(request)) };
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
function ifNoneMatchOf(request: IncomingMessage): string | undefined {
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === IF_NONE_MATCH.length && name.toLowerCase() === IF_NONE_MATCH) {
      return request.headers[IF_NONE_MATCH];
    }
  }
  return undefined;
}
