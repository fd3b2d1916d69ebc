const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const count = new Intl.NumberFormat('en-US');

export function formatPrice(price: number): string {
  return money.format(price);
}

export function formatCount(number: number): string {
  return count.format(number);
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });

/** `999,999`, `12.35M`: where there is little room. */
export function formatShort(number: number): string {
  return number < 1_000_000 ? count.format(number) : compact.format(number);
}

/** `1 copy`, `12 books` */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`;
}

/** Of several books, added up in cents: 0.1 + 0.2 is not 0.3. */
export function totalOf(items: readonly { readonly price: number; readonly quantity: number }[]): number {
  return items.reduce((cents, { price, quantity }) => cents + Math.round(price * 100) * quantity, 0) / 100;
}
