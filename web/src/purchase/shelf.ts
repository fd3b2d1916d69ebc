/** A bounded list in the browser's storage, newest first. Other tabs write it too, so it is read anew each time. */
export interface Shelf<T> {
  all(): readonly T[];
  put(key: string, value: T): void;
  remove(key: string): void;
}

type Rows<T> = readonly (readonly [key: string, value: T])[];

/** `storage` may be full or forbidden: then the rows last as long as the page. */
export function storedShelf<T>(storage: Storage | null, name: string, most: number): Shelf<T> {
  let unstored: Rows<T> | null = null;
  const read = (): Rows<T> => {
    if (unstored) return unstored;
    try {
      const rows = JSON.parse(storage?.getItem(name) ?? '[]') as unknown;
      return Array.isArray(rows) ? (rows as Rows<T>) : [];
    } catch {
      return [];
    }
  };
  const write = (rows: Rows<T>): void => {
    try {
      if (!storage) throw new Error('no storage');
      storage.setItem(name, JSON.stringify(rows));
    } catch {
      unstored = rows;
    }
  };
  const without = (key: string): Rows<T> => read().filter(([other]) => other !== key);
  return {
    all: () => read().map(([, value]) => value),
    put: (key, value) => write([[key, value] as const, ...without(key)].slice(0, most)),
    remove: (key) => write(without(key)),
  };
}
