import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../src/catalog/store/sqlite-store.js';
import { type ReplicaStore } from '../../src/core/replication/ports.js';
import { MemoryStore } from '../support/memory-store.js';

/** One disk under test. */
export interface Disk {
  store: ReplicaStore;
  /** Power cut: a store over what was durable. */
  crash(): Promise<ReplicaStore>;
  end(): Promise<void>;
}

/** Every implementation of a ReplicaStore. */
export const disks: { name: string; make: () => Promise<Disk> }[] = [
  { name: 'MemoryStore', make: memoryDisk },
  { name: 'SqliteStore', make: sqliteDisk },
];

function memoryDisk(): Promise<Disk> {
  const store = new MemoryStore((complete) => void setImmediate(complete));
  return Promise.resolve({
    store,
    crash: () => {
      store.crash();
      return Promise.resolve(store);
    },
    end: () => Promise.resolve(),
  });
}

/** A crash is a copy of the files taken while the store still has them open: what SQLite has not committed is not in them. */
async function sqliteDisk(): Promise<Disk> {
  const folder = mkdtempSync(join(tmpdir(), 'bazar-store-'));
  const opened: SqliteStore[] = [];
  const open = async (path: string): Promise<SqliteStore> => {
    const store = await SqliteStore.open({ path, onFailure: fail });
    opened.push(store);
    return store;
  };
  const pathOf = (life: number): string => join(folder, `${life}`, 'catalog.sqlite');
  return {
    store: await open(pathOf(0)),
    crash: async () => {
      cpSync(join(folder, `${opened.length - 1}`), join(folder, `${opened.length}`), { recursive: true });
      return open(pathOf(opened.length));
    },
    end: async () => {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function fail(error: Error): void {
  throw error;
}
