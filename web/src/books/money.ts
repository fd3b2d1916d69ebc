const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const count = new Intl.NumberFormat('en-US');

export function formatPrice(price: number): string {
  return money.format(price);
}

export function formatCount(number: number): string {
  return count.format(number);
}

/** `1 copy`, `12 books` */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`;
}
