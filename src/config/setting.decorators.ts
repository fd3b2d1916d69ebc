import { applyDecorators } from '@nestjs/common';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsIn, IsInt, IsNumber, Matches, Max, Min, MinLength, ValidateBy } from 'class-validator';
import { normaliseAddress, parseAddresses, splitList } from './addresses.js';
import { rangeOf } from './proxies.js';

// Each validator's message says what the variable takes; `parseConfig` puts the name and what it got in front.

const read = (parse: (text: string) => unknown): PropertyDecorator =>
  Transform(({ value }: TransformFnParams): unknown => (typeof value === 'string' ? parse(value) : value));

export function WholeNumber(min: number, max: number): PropertyDecorator {
  const message = `a whole number from ${min} to ${max}`;
  return applyDecorators(
    read((text) => (/^\d{1,15}$/.test(text) ? Number(text) : text)),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time with its unit, in whole seconds, minutes, hours or days; read as milliseconds. */
export function LengthOfTime(min: string, max: string): PropertyDecorator {
  const message = `a length of time like 30m, 6h or 1d, from ${min} to ${max}`;
  return applyDecorators(
    read((text) => millisecondsOf(text) ?? text),
    IsInt({ message }),
    Min(millisecondsOf(min) ?? 0, { message }),
    Max(millisecondsOf(max) ?? 0, { message }),
  );
}

function millisecondsOf(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

export function OneOf(values: readonly string[]): PropertyDecorator {
  return IsIn(values, { message: `one of ${values.join(', ')}` });
}

export function Address(): PropertyDecorator {
  const isAddress = (value: unknown) => typeof value === 'string' && normaliseAddress(value) !== null;
  return applyDecorators(
    read((text) => normaliseAddress(text) ?? text),
    ValidateBy(
      { name: 'address', validator: { validate: isAddress } },
      { message: 'a base address like http://host:5000' },
    ),
  );
}

/** A list of base addresses; `required` asks for at least one. */
export function Addresses({ required }: { required: boolean }): PropertyDecorator {
  const isList = (value: unknown) =>
    Array.isArray(value) &&
    value.length >= (required ? 1 : 0) &&
    value.every((address) => typeof address === 'string' && normaliseAddress(address) !== null);
  return applyDecorators(
    read(parseAddresses),
    ValidateBy(
      { name: 'addresses', validator: { validate: isList } },
      { message: 'base addresses like http://host:5000, separated by | or a comma' },
    ),
  );
}

/** A list of addresses, ranges of them, and names of ranges. */
export function AddressRanges(): PropertyDecorator {
  const isList = (value: unknown) =>
    Array.isArray(value) && value.every((each) => typeof each === 'string' && rangeOf(each) !== null);
  return applyDecorators(
    read(splitList),
    ValidateBy(
      { name: 'addressRanges', validator: { validate: isList } },
      {
        message:
          'IP addresses, ranges like 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by | or a comma',
      },
    ),
  );
}

/** Something that travels in an Authorization header. */
export function Token({ minLength }: { minLength: number }): PropertyDecorator {
  const message = `at least ${minLength} visible ASCII characters without blanks`;
  return applyDecorators(Matches(/^[\x21-\x7e]+$/, { message }), MinLength(minLength, { message }));
}

/** `name=value` of HTTP headers, divided by commas; values as they stand in a URL. */
export function Headers(): PropertyDecorator {
  const isRead = (value: unknown) => typeof value === 'object' && value !== null;
  return applyDecorators(
    read((text) => headersIn(text) ?? text),
    ValidateBy(
      { name: 'headers', validator: { validate: isRead } },
      { message: 'HTTP headers like name=value, separated by a comma' },
    ),
  );
}

function headersIn(text: string): Record<string, string> | null {
  try {
    const pairs = text.split(',').map((pair) => {
      const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*)$/.exec(pair.trim()) ?? [];
      return [name, decodeURIComponent(value)] as const;
    });
    const isRight = pairs.every(([name, value]) => name !== '' && /^[\t\x20-\x7e]*$/.test(value));
    return isRight ? Object.fromEntries(pairs) : null;
  } catch {
    return null;
  }
}

/** A part of all, as a number from 0 to 1. */
export function Share(): PropertyDecorator {
  const message = 'a number from 0 to 1, like 0.1';
  return applyDecorators(
    read((text) => (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : text)),
    IsNumber({}, { message }),
    Min(0, { message }),
    Max(1, { message }),
  );
}

/** A text with a rule of its own. */
export function Checked(isRight: (text: string) => boolean, message: string): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && isRight(value);
  return ValidateBy({ name: 'checked', validator: { validate } }, { message });
}
