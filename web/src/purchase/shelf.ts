import { storedSlot } from './slot.js';

/** A bounded list in the browser's storage, newest first. Other tabs write it too, so it is read anew each time. */
export interface Shelf<T> {
  all(): readonly T[];
  put(key: string, value: T): void;
  /** Where it stands; nothing if it is not there. */
  replace(key: string, value: T): void;
  remove(key: string): void;
}

type Rows<T> = readonly (readonly [key: string, value: T])[];

/** `storage` may be full or forbidden: then the rows last as long as the page. */
export function storedShelf<T>(storage: Storage | null, name: string, most: number): Shelf<T> {
  const slot = storedSlot<Rows<T>>(storage, name, (rows) => (Array.isArray(rows) ? (rows as Rows<T>) : []));
  const without = (key: string): Rows<T> => slot.get().filter(([other]) => other !== key);
  return {
    all: () => slot.get().map(([, value]) => value),
    put: (key, value) => slot.set([[key, value] as const, ...without(key)].slice(0, most)),
    replace: (key, value) =>
      slot.set(slot.get().map((row) => (row[0] === key ? ([key, value] as const) : row))),
    remove: (key) => slot.set(without(key)),
  };
}
