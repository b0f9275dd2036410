import type { BoardSnapshot, StreamState } from "@microflow/client";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { board, serverNow, stream } from "./core";

export function useBoard(): BoardSnapshot {
  return useSyncExternalStore(board.subscribe, board.snapshot);
}
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
