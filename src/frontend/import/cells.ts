import { bookNumberOf } from '../../core/text/isbn.js';

/** What programs write where there is nothing. */
const NOTHING = /^(?:|-+|n\/?a|none|null|nan|unknown|\\n)$/i;
const CURRENCY = /(?:^(?:[\p{Sc}]|[a-z]{3}\b|us\$)\s*|\s*(?:[\p{Sc}]|\b[a-z]{3})$)/giu;
/** Between thousands: `1 234`, `1'234`. */
const THOUSANDS_APART = /(?<=\d)[\s'’](?=\d{3}(?!\d))/gu;

/** The text of a cell; undefined: there is none. Spreadsheets write `="0439"` for what has to stay a text. */
export function textIn(cell: string): string | undefined {
  const text = (/^\s*="(.*)"\s*$/s.exec(cell)?.[1] ?? cell).trim();
  return NOTHING.test(text) ? undefined : text;
}

/** Lists as Python writes them, as some data sets have them: `['J. K. Rowling', 'Mary GrandPré']`. */
export function listIn(text: string): string[] {
  if (!/^\[.*\]$/s.test(text)) return [text];
  const items = [...text.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map(
    ([, single, double]) => single ?? double ?? '',
  );
  return items.length === 0 ? [text] : items;
}

/**
 * A number with a currency, a decimal comma or thousands apart: `$12.50`, `12,50`, `1.234,50`, `1 234.5`. What it cannot tell stays
 * a text, which the field's own check refuses: `1,234` may be two numbers.
 */
export function numberIn(text: string): number | string {
  const plain = text.replace(CURRENCY, '').replace(THOUSANDS_APART, '');
  if (/^\d{1,16}(\.\d{1,16})?$/.test(plain)) return Number(plain);
  if (/^\d{1,16},\d{1,2}$/.test(plain)) return Number(plain.replace(',', '.'));
  const [, whole, decimals = ''] =
    /^(\d{1,3}(?:,\d{3})+)(\.\d{1,2})$/.exec(plain) ??
    /^(\d{1,3}(?:\.\d{3})+)(,\d{1,2})$/.exec(plain) ??
    /^(\d{1,3}(?:,\d{3}){2,})$/.exec(plain) ??
    /^(\d{1,3}(?:\.\d{3}){2,})$/.exec(plain) ??
    [];
  return whole === undefined ? text : Number(whole.replace(/[.,]/g, '') + decimals.replace(',', '.'));
}

/** A whole number of copies: `1,200` can be nothing else here, but `1.000` may be one. */
export function copiesIn(text: string): number | string {
  const plain = text.replace(THOUSANDS_APART, '');
  if (/^\d{1,3}(\.000)+$/.test(plain)) return text;
  const grouped = /^\d{1,3}([.,]\d{3})+$/.test(plain) ? plain.replace(/[.,]/g, '') : plain;
  return /^\d{1,16}([.,]0+)?$/.test(grouped) ? Number.parseInt(grouped, 10) : text;
}

/** The first of some cells that is an ISBN, or else that is a number at all. `shortened`: a spreadsheet has dropped its digits. */
export function isbnIn(cells: readonly string[]): { readonly isbn?: string } | 'shortened' {
  const texts = cells.flatMap((cell) => textIn(cell) ?? []).map((text) => text.replace(/^(\d+)\.0+$/, '$1'));
  const whole = texts.filter((text) => !/^\d[.,]\d+e\+?\d+$/i.test(text));
  const numbers = whole.filter((text) => bookNumberOf(text) !== null);
  const isbn = numbers.find((text) => bookNumberOf(text)?.kind === 'isbn') ?? numbers[0];
  if (isbn === undefined) return whole.length < texts.length ? 'shortened' : {};
  return { isbn: isbn.replace(/^isbn(?:-?1[03])?[: ]*/i, '') };
}
