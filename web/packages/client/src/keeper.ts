// Where a device keeps things over restarts: named shelves of values by key. In a browser it is IndexedDB.
export interface Keeper {
  all<T>(shelf: string): Promise<T[]>;
  get<T>(shelf: string, key: string): Promise<T | undefined>;
  /** Resolves when it is on the disk; fails when there is no room for it. */
  put(shelf: string, key: string, value: unknown): Promise<void>;
  remove(shelf: string, key: string): Promise<void>;
  clear(shelf: string): Promise<void>;
}

const done = <T>(request: IDBRequest<T>) => new Promise<T>((ok, no) => {
  request.onsuccess = () => ok(request.result);
  request.onerror = () => no(request.error ?? new Error("the device's storage failed"));
});

/** One database of the browser with these shelves; a new shelf wants a higher `version`. */
export async function openKeeper(name: string, shelves: readonly string[], version = 1): Promise<Keeper> {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => {
    for (const shelf of shelves)
      if (!opening.result.objectStoreNames.contains(shelf)) opening.result.createObjectStore(shelf);
  };
  const database = await done(opening);
  // Another tab has a newer version of this application: it must not wait for this one.
  database.onversionchange = () => database.close();
  const write = (shelf: string, change: (store: IDBObjectStore) => void) => new Promise<void>((ok, no) => {
    const all = database.transaction(shelf, "readwrite", { durability: "strict" });
    all.oncomplete = () => ok();
    all.onabort = all.onerror = () => no(all.error ?? new Error("the device's storage failed"));
    change(all.objectStore(shelf));
  });
  const read = (shelf: string) => database.transaction(shelf).objectStore(shelf);
  return {
    all: <T>(shelf: string) => done(read(shelf).getAll() as IDBRequest<T[]>),
    get: <T>(shelf: string, key: string) => done(read(shelf).get(key) as IDBRequest<T | undefined>),
    put: (shelf, key, value) => write(shelf, (store) => store.put(value, key)),
    remove: (shelf, key) => write(shelf, (store) => store.delete(key)),
    clear: (shelf) => write(shelf, (store) => store.clear()),
  };
}

/** For a browser that keeps nothing, and for tests. */
export function memoryKeeper(): Keeper {
  const shelves = new Map<string, Map<string, unknown>>();
  const of = (shelf: string) => {
    if (!shelves.has(shelf)) shelves.set(shelf, new Map());
    return shelves.get(shelf)!;
  };
  return {
    all: async <T>(shelf: string) => [...of(shelf).values()] as T[],
    get: async <T>(shelf: string, key: string) => of(shelf).get(key) as T | undefined,
    put: async (shelf, key, value) => void of(shelf).set(key, structuredClone(value)),
    remove: async (shelf, key) => void of(shelf).delete(key),
    clear: async (shelf) => of(shelf).clear(),
  };
}
