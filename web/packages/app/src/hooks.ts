import type { StreamState } from "@microflow/client";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { serverNow, stream } from "./core";

export function useStreamState(): StreamState {
  return useSyncExternalStore((tell) => stream.onState(tell), () => stream.state);
}
/** The time by the server's clock, anew every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
/** Width and height of an element, as they change. */
export function useSize<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const look = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    look.observe(element);
    return () => look.disconnect();
  }, []);
  return [ref, size] as const;
}
/** A value that is kept for the next visit. */
export function useKept<T>(key: string, otherwise: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    try {
      const kept = localStorage.getItem(key);
      return kept === null ? otherwise : (JSON.parse(kept) as T);
    } catch {
      return otherwise;
    }
  });
  return [value, (next) => {
    localStorage.setItem(key, JSON.stringify(next));
    setValue(next);
  }];
}
/** What `ask` answers, anew when `of` changes; and how to ask again. */
export function useAnswer<T>(ask: () => Promise<T>, of: readonly unknown[]): [T | undefined, () => void] {
  const [answer, setAnswer] = useState<T>();
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let isOver = false;
    void ask().then((found) => { if (!isOver) setAnswer(() => found); });
    return () => { isOver = true; };
  }, [...of, times]);
  return [answer, () => setTimes((n) => n + 1)];
}
/** The part of the address behind "#", as one goes back and forth. */
export function useHash(): [string, (hash: string) => void] {
  const hash = useSyncExternalStore((tell) => {
    addEventListener("hashchange", tell);
    return () => removeEventListener("hashchange", tell);
  }, () => decodeURIComponent(location.hash.slice(1)));
  return [hash, (next) => { location.hash = next; }];
}
