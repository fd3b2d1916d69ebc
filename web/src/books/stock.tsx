import { counted } from './money.js';

const FEW = 5;

/** How many copies are left, in words and a coloured dot. */
export function Stock({ quantity }: { quantity: number }) {
  if (quantity === 0) return <span class="stock stock-none">Sold out</span>;
  if (quantity <= FEW)
    return <span class="stock stock-few">{`Only ${counted(quantity, 'copy', 'copies')} left`}</span>;
  return <span class="stock stock-many">{`${counted(quantity, 'copy', 'copies')} left`}</span>;
}
