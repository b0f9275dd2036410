// How much room the browser gives, and whether it may take it away.
import { useEffect, useState } from "react";
import type { Pocket } from "./core";

export interface Storage { usedBytes: number; mayUseBytes: number; isPersistent: boolean; isTight: boolean }
const tightBytes = 20 * 1024 * 1024, everyMs = 300_000;

export function useStorage(pocket: Pocket): Storage {
  const [storage, setStorage] = useState<Storage>({ usedBytes: 0, mayUseBytes: 0, isPersistent: true, isTight: false });
  useEffect(() => {
    if (!navigator.storage?.estimate) return;
    const look = async () => {
      // What is unsent must outlive a phone that runs out of room: ask not to be cleared away.
      const isPersistent = (await navigator.storage.persisted?.()) || (await navigator.storage.persist?.()) || false;
      const { usage = 0, quota } = await navigator.storage.estimate();
      setStorage({ usedBytes: usage, mayUseBytes: quota ?? 0, isPersistent, isTight: quota !== undefined && quota - usage < tightBytes });
    };
    void look().catch(() => {});
    const timer = setInterval(() => void look().catch(() => {}), everyMs);
    return () => clearInterval(timer);
  }, [pocket]);
  return storage;
}
