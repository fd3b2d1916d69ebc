import { type CatalogueIndex } from './catalogue-index.js';
import { isDamage } from './damage.js';

/** The index, of whose damage somebody hears besides who asked. */
export function watchedIndex(index: CatalogueIndex, onDamage: (error: Error) => void): CatalogueIndex {
  const watch = <T>(look: () => T): T => {
    try {
      return look();
    } catch (error) {
      if (isDamage(error)) onDamage(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
  return {
    searchByTopic: (...asked) => watch(() => index.searchByTopic(...asked)),
    findBooks: (query) => watch(() => index.findBooks(query)),
    topics: (...asked) => watch(() => index.topics(...asked)),
    order: (orderId) => watch(() => index.order(orderId)),
    orders: (query) => watch(() => index.orders(query)),
    hold: (holdId) => watch(() => index.hold(holdId)),
    openHolds: (query) => watch(() => index.openHolds(query)),
    history: (query) => watch(() => index.history(query)),
    hidden: (query) => watch(() => index.hidden(query)),
    books: (...asked) => watch(() => index.books(...asked)),
    lowStock: (...asked) => watch(() => index.lowStock(...asked)),
    check: () => watch(() => index.check()),
  };
}
