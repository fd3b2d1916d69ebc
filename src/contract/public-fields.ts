import { applyDecorators } from '@nestjs/common';
import { Transform, type TransformFnParams } from 'class-transformer';
import { buildMessage, IsInt, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { foldSearch } from '../core/text/fold.js';
import { BOOK_LIMITS, centsOf, priceOf } from './book-limits.js';

/** May be left out, as one that stays as it is, or be null, as one that is taken away. */
export const MayBeTakenAway = (): PropertyDecorator =>
  ValidateIf((_, value) => value !== undefined && value !== null);

/** May be left out; null is not the same and is refused. */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** Of 1 to `longest` characters, none of them a control character. */
export function isText(value: unknown, longest: number): boolean {
  return (
    typeof value === 'string' &&
    value.length >= 1 &&
    value.length <= longest &&
    // Nor halves of surrogate pairs: they would not survive UTF-8.
    !/[\p{Cc}\p{Cs}]/u.test(value)
  );
}

/** Of what looks the same: letters with their accents, and single blanks for blanks, tabs and line ends, none at either end. */
export function oneWayOfWriting(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

function tidied({ value }: TransformFnParams): unknown {
  return typeof value === 'string' ? oneWayOfWriting(value) : (value as unknown);
}

/** A line of text without control characters; outer blanks do not count. */
export const IsLine = (longest: number = BOOK_LIMITS.textLength): PropertyDecorator =>
  applyDecorators(
    Transform(tidied),
    ValidateBy({
      name: 'isLine',
      validator: {
        validate: (value) => isText(value, longest),
        defaultMessage: buildMessage(
          (each) =>
            `${each}$property must be a text of 1 to ${longest} characters, without control characters`,
        ),
      },
    }),
  );

/** A topic: no longer than a text that can be searched for, however it is written. */
export const IsTopic = (): PropertyDecorator =>
  applyDecorators(
    Transform(tidied),
    ValidateBy({
      name: 'isTopic',
      validator: {
        validate: (value) =>
          isText(value, BOOK_LIMITS.searchLength) &&
          foldSearch(value as string).length <= BOOK_LIMITS.searchLength,
        defaultMessage: buildMessage(
          (each) =>
            `${each}$property must be a text of 1 to ${BOOK_LIMITS.searchLength} characters, without control characters`,
        ),
      },
    }),
  );

const HIGHEST_PRICE = priceOf(BOOK_LIMITS.priceCents);

function isPrice(value: unknown): boolean {
  if (typeof value !== 'number' || !(value >= 0 && value <= HIGHEST_PRICE)) return false;
  return priceOf(centsOf(value)) === value;
}

/** 0 to 1,000,000 with at most two decimals. */
export const IsPrice = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPrice',
    validator: {
      validate: isPrice,
      defaultMessage: buildMessage(
        (each) => `${each}$property must be a number from 0 to ${HIGHEST_PRICE} with at most two decimals`,
      ),
    },
  });

/** A whole number from a query; anything else stays as it is and is refused. `Number('')` would be 0, and `1e3` a thousand. */
export const WholeNumber = (): PropertyDecorator =>
  Transform(({ value }: TransformFnParams): unknown =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : (value as unknown),
  );

/** A whole number of copies. */
export const IsCopies = (fewest: number): PropertyDecorator =>
  applyDecorators(IsInt(), Min(fewest), Max(BOOK_LIMITS.quantity));

/** Not looked at closely: shops number books that have no ISBN in ways of their own, and old books bear wrong check digits. */
export const IsIsbn = (): PropertyDecorator =>
  applyDecorators(
    Transform(tidied),
    ValidateBy({
      name: 'isIsbn',
      validator: {
        validate: (value) => isText(value, BOOK_LIMITS.isbnLength) && /^[\dA-Za-z -]+$/.test(value as string),
        defaultMessage: buildMessage(
          (each) =>
            `${each}$property must be 1 to ${BOOK_LIMITS.isbnLength} letters, digits, hyphens and blanks`,
        ),
      },
    }),
  );
