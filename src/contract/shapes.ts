/**
 * Reads a value that came from outside: answers it built anew from the fields that the shape has, or throws a `Mistake`. By hand, for
 * every message between the roles passes here: class-validator costs more than the rest of the way, and TypeBox, whose checks are as
 * cheap, takes a fifth of a second to load.
 */
export type Shape<T> = (value: unknown) => T;

/** What is wrong, and where: `entry.decided[2].outcome.kind must be …`. */
export class Mistake extends Error {
  private path = '';

  constructor(private readonly rule: string) {
    super(rule);
  }

  /** It stands in this field, or at this place of a list, of what is read. */
  within(field: string | number): this {
    const step = typeof field === 'number' ? `[${field}]` : `.${field}`;
    this.path = step + this.path;
    this.message = `${this.path.replace(/^\./, '')} ${this.rule}`;
    return this;
  }
}

export function whole(lowest: number, highest: number): Shape<number> {
  return (value) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest)
      return value;
    throw new Mistake(`must be a whole number from ${lowest} to ${highest}`);
  };
}

/** Milliseconds of some clock, of which there are parts. */
export function between(lowest: number, highest: number): Shape<number> {
  return (value) => {
    if (typeof value === 'number' && value >= lowest && value <= highest) return value;
    throw new Mistake(`must be a number from ${lowest} to ${highest}`);
  };
}

/** Neither survives the way through a database and back as it was. */
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u;

export function text(shortest: number, longest: number): Shape<string> {
  return (value) => {
    if (typeof value !== 'string' || value.length < shortest || value.length > longest) {
      throw new Mistake(`must be a text of ${shortest} to ${longest} characters`);
    }
    if (CONTROL_OR_LONE_SURROGATE.test(value)) throw new Mistake('must not hold control characters');
    return value;
  };
}

/** Any text up to a length: what another role made of what it holds. */
export function someText(longest: number): Shape<string> {
  return (value) => {
    if (typeof value === 'string' && value.length <= longest) return value;
    throw new Mistake(`must be a text of at most ${longest} characters`);
  };
}

/** `what`: for people. */
export function matching(pattern: RegExp, what: string): Shape<string> {
  return (value) => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new Mistake(`must be ${what}`);
  };
}

export const flag: Shape<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  throw new Mistake('must be true or false');
};

/** A mark that is left out where it does not apply. */
export const onlyTrue: Shape<true> = (value) => {
  if (value === true) return value;
  throw new Mistake('must be true');
};

export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  return (value) => {
    for (const each of values) if (each === value) return each;
    throw new Mistake(`must be one of ${values.join(', ')}`);
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value));
}

/** A field that may be left out, and then is. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? undefined : shape(value));
}

export function listOf<T>(shape: Shape<T>, most: number): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > most) throw new Mistake(`must be a list of at most ${most}`);
    let index = 0;
    try {
      const read: T[] = [];
      for (; index < value.length; index++) read.push(shape(value[index]));
      return read;
    } catch (error) {
      throw error instanceof Mistake ? error.within(index) : error;
    }
  };
}

/** A list of so many, each of a shape of its own. */
export function tuple<T extends readonly unknown[]>(
  ...shapes: {
    readonly [Index in keyof T]: Shape<T[Index]>;
  }
): Shape<T> {
  return (value) => {
    if (!Array.isArray(value) || value.length !== shapes.length)
      throw new Mistake(`must be a list of ${shapes.length}`);
    let index = 0;
    try {
      const read: unknown[] = [];
      for (const shape of shapes) {
        read.push(shape(value[index]));
        index += 1;
      }
      return read as unknown as T;
    } catch (error) {
      throw error instanceof Mistake ? error.within(index) : error;
    }
  };
}

/** Fields in the order in which they are named here, whatever order they came in; what else there is, is left out. */
export function record<T extends object>(fields: {
  readonly [Field in keyof T]-?: Shape<T[Field]>;
}): Shape<T> {
  const names = Object.keys(fields);
  const shapes = Object.values<Shape<unknown>>(fields);
  return (value) => {
    const given = objectIn(value);
    let index = 0;
    try {
      const read: Record<string, unknown> = {};
      for (; index < names.length; index++) {
        const name = names[index] as string;
        const part = (shapes[index] as Shape<unknown>)(given[name]);
        if (part !== undefined) read[name] = part;
      }
      return read as T;
    } catch (error) {
      throw error instanceof Mistake ? error.within(names[index] ?? '') : error;
    }
  };
}

/** A union that `kind` tells apart: the fields of each but `kind` itself. */
export function variants<U extends { readonly kind: string }>(shapes: {
  readonly [Kind in U['kind']]: Shape<Omit<Extract<U, { readonly kind: Kind }>, 'kind'>>;
}): Shape<U> {
  const kinds = Object.keys(shapes).join(', ');
  return (value) => {
    const { kind } = objectIn(value);
    if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) {
      throw new Mistake(`must be one of ${kinds}`).within('kind');
    }
    return { kind, ...shapes[kind as U['kind']](value) } as unknown as U;
  };
}

/**
 * The value itself, once the shape has found nothing wrong with it: with the fields that a later release has added. For what is stored and
 * handed on, so that each who holds it holds the same.
 */
export function asItCame<T>(shape: Shape<T>): Shape<T> {
  return (value) => {
    shape(value);
    return value as T;
  };
}

function objectIn(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Mistake('must be an object');
}
