import { isUtf8 } from 'node:buffer';
import { type FastifyInstance } from 'fastify';
import { NotWellAsked } from './not-well-asked.js';

/** Of one object. */
const MOST_FIELDS = 64;
/** Of one list: more than any path takes, and no more than it costs little to find fault with. */
const MOST_ITEMS = 64;
/** Objects and lists within each other, the outermost among them. */
const MOST_LEVELS = 32;

const JSON_TYPE = 'application/json';

/** Bodies are JSON objects in UTF-8, and nothing else unless a role says so (415). An empty one counts as none, as the original took it. */
export function takeJsonBodies(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser<Buffer>(JSON_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    const mistake = mistakeInForm(body);
    if (mistake !== null) return done(mistake);
    return parse(request, body.toString(), done);
  });
}

/** Whether a declared charset of JSON is another than UTF-8 (RFC 8259, 8.1). */
export function notUtf8Charset(contentType: string | undefined): boolean {
  if (contentType === undefined || !contentType.toLowerCase().startsWith(JSON_TYPE)) return false;
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(contentType)?.[1];
  return charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset);
}

function mistakeInForm(body: Buffer): NotWellAsked | null {
  if (!isUtf8(body)) return new NotWellAsked(400, 'The body is not UTF-8');
  const shape = shapeOf(body);
  if (!shape.isObject) return new NotWellAsked(400, 'The body is not a JSON object');
  const mistake = tooMuchIn(shape);
  if (mistake === null) return null;
  const fields = shape.longList === null ? shape.crowdedFields : [shape.longList];
  return new NotWellAsked(422, `The body ${mistake}`, fields ?? []);
}

/** What is too much of it: `has more than …`. Null if nothing is. */
export function tooMuchIn({ levels, crowdedFields, longList }: JsonShape): string | null {
  if (longList !== null) return `has a list of more than ${MOST_ITEMS}`;
  if (levels > MOST_LEVELS) return `has more than ${MOST_LEVELS} levels`;
  return crowdedFields === null ? null : `has more than ${MOST_FIELDS} fields`;
}

export interface JsonShape {
  /** Whether its first character begins an object; whether it is valid, `JSON.parse` says. */
  readonly isObject: boolean;
  /** Counted up to one more than `MOST_LEVELS`. */
  readonly levels: number;
  /** The first names of an object that has more than `MOST_FIELDS`, or null if none has. */
  readonly crowdedFields: readonly string[] | null;
  /** The field whose list holds more than `MOST_ITEMS` (empty for a list that is none's), or null if none does. */
  readonly longList: string | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NO_FIELD: Buffer = Buffer.alloc(0);
const NAMES_SHOWN = 10;
const LONGEST_NAME = 64;

/**
 * How deep and how wide JSON is, in one pass over its bytes, without building anything of it: what is too deep or too wide is
 * refused before it costs more. Of what is no JSON it says something too; nothing relies on that.
 */
export function shapeOf(json: Buffer): JsonShape {
  const begin = firstCharacter(json);
  const isObject = json[begin] === OPEN_OBJECT;
  /** Fields so far, and the names of the first, of each object that is open; lists have none. */
  const fields = new Uint32Array(MOST_LEVELS + 1);
  const lists: ({ readonly field: Buffer; commas: number } | undefined)[] = [];
  const names: Buffer[][] = Array.from({ length: MOST_LEVELS + 1 }, () => []);
  let level = 0;
  let deepest = 0;
  let name: Buffer | undefined;
  let field: Buffer = NO_FIELD;
  for (let at = begin; at < json.length; at += 1) {
    switch (json[at]) {
      case QUOTE: {
        const end = endOfText(json, at);
        name = json.subarray(at + 1, Math.min(end, at + 1 + 4 * LONGEST_NAME));
        at = end;
        break;
      }
      case COLON: {
        field = name ?? NO_FIELD;
        const count = (fields[level] ?? 0) + 1;
        fields[level] = count;
        if (name !== undefined && count <= NAMES_SHOWN) names[level]?.push(name);
        if (count > MOST_FIELDS) {
          const crowdedFields = (names[level] ?? []).map(shown);
          return { isObject, levels: deepest, crowdedFields, longList: null };
        }
        break;
      }
      case COMMA: {
        const list = lists[level];
        if (list === undefined) break;
        list.commas += 1;
        if (list.commas < MOST_ITEMS) break;
        return { isObject, levels: deepest, crowdedFields: null, longList: shown(list.field) };
      }
      case OPEN_LIST:
      case OPEN_OBJECT:
        level += 1;
        deepest = Math.max(deepest, level);
        if (level > MOST_LEVELS) return { isObject, levels: level, crowdedFields: null, longList: null };
        fields[level] = 0;
        lists[level] = json[at] === OPEN_LIST ? { field, commas: 0 } : undefined;
        names[level] = [];
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        level = Math.max(0, level - 1);
        break;
      default:
    }
  }
  return { isObject, levels: deepest, crowdedFields: null, longList: null };
}

const shown = (name: Buffer): string => name.toString().slice(0, LONGEST_NAME);

/** Behind a byte order mark and blanks. */
function firstCharacter(json: Buffer): number {
  let at = json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf ? 3 : 0;
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at += 1;
  return at;
}

/** Where the text that begins at `at` has its closing quote; the end of all, if it has none. */
function endOfText(json: Buffer, at: number): number {
  let end = json.indexOf(QUOTE, at + 1);
  while (end !== -1) {
    let slashes = 0;
    while (json[end - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
    end = json.indexOf(QUOTE, end + 1);
  }
  return json.length;
}
