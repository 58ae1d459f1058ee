// What this browser remembers of the files it had begun to send, and a copy of each, until they are saved: at most a day.
const A_DAY = 24 * 3600 * 1000;
const STORE = "files";
const held = new Map();

/** The files begun on that page, whatever became of the page, but those another tab is sending at this moment. */
export async function remembered(path) {
  const records = (await run("readonly", (store) => store.getAll())) ?? [];
  records.filter(({ kept }) => kept < Date.now() - A_DAY).forEach(({ key }) => forget(key));
  const mine = records.filter((record) => record.path === path && record.kept >= Date.now() - A_DAY);
  const free = await Promise.all(mine.map(({ key }) => hold(key)));
  return mine.filter((_record, index) => free[index]);
}

/** Keep it, with its file; without it when the browser has no room. */
export async function remember(record) {
  await hold(record.key);
  const whole = { ...record, path: location.pathname, kept: Date.now() };
  const put = (value) => run("readwrite", (store) => store.put(value));
  if ((await put(whole)) === undefined) await put({ ...whole, file: null });
}

export async function forget(key) {
  await run("readwrite", (store) => store.delete(key));
  held.get(key)?.();
  held.delete(key);
}

/** Say to the other tabs that this one has it; false when another has. Where browsers cannot say, nobody has. */
async function hold(key) {
  if (held.has(key) || !navigator.locks) return true;
  return new Promise((resolve) => {
    const has = (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise((release) => held.set(key, release));
    };
    navigator.locks.request(`upload ${key}`, { ifAvailable: true }, has).catch(() => resolve(true));
  });
}

/** The answer of one request of the store; undefined where the browser refuses its storage, or has none left. */
function run(mode, ask) {
  return new Promise((resolve) => {
    const none = () => resolve(undefined);
    try {
      const opening = indexedDB.open("uploads", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
      opening.onerror = none;
      opening.onsuccess = () => {
        const base = opening.result;
        const work = base.transaction(STORE, mode);
        work.onabort = work.onerror = none;
        try {
          const asked = ask(work.objectStore(STORE));
          work.oncomplete = () => resolve(asked.result ?? null);
        } catch {
          none();
        }
        base.close(); // once the work is done
      };
    } catch {
      none();
    }
  });
}
