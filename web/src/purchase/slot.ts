/** One value in the browser's storage. Other tabs write it too, so it is read anew each time. */
export interface Slot<T> {
  get(): T;
  set(value: T): void;
}

/** `storage` may be full or forbidden: then the value lasts as long as the page. `read` makes sense of whatever stands there. */
export function storedSlot<T>(storage: Storage | null, name: string, read: (stored: unknown) => T): Slot<T> {
  let unstored: { readonly value: T } | null = null;
  return {
    get() {
      if (unstored) return unstored.value;
      try {
        return read(JSON.parse(storage?.getItem(name) ?? 'null'));
      } catch {
        return read(null);
      }
    },
    set(value) {
      try {
        if (!storage) throw new Error('no storage');
        storage.setItem(name, JSON.stringify(value));
      } catch {
        unstored = { value };
      }
    },
  };
}

/** Null where the browser forbids it. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Calls back when another tab writes the value of this name. */
export function onWrittenElsewhere(name: string, listener: () => void): void {
  // A null key: all of the storage was emptied.
  window.addEventListener('storage', ({ key }) => {
    if (key === name || key === null) listener();
  });
}
