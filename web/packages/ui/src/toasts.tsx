// What was done and what was refused, one line each, for some seconds.
import { useSyncExternalStore } from "react";
import { Button } from "./components";

export interface Toast {
  id: number;
  text: string;
  isBad: boolean;
  action?: { text: string; run: () => void } | undefined;
}
const kept = 3;

export class Toasts {
  private all: readonly Toast[] = [];
  private nextId = 1;
  private readonly listeners = new Set<() => void>();

  snapshot = () => this.all;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  show(text: string, { isBad = false, action, forMs = isBad ? 10_000 : 6_000 }:
       { isBad?: boolean; action?: Toast["action"]; forMs?: number } = {}): number {
    const id = this.nextId++;
    this.become([...this.all, { id, text, isBad, action }].slice(-kept));
    setTimeout(() => this.close(id), forMs);
    return id;
  }
  close(id: number): void {
    if (this.all.some((toast) => toast.id === id)) this.become(this.all.filter((toast) => toast.id !== id));
  }
  private become(all: readonly Toast[]) {
    this.all = all;
    for (const listener of [...this.listeners]) listener();
  }
}

export function ToastRegion({ toasts, label, closeLabel }: { toasts: Toasts; label: string; closeLabel: string }) {
  const all = useSyncExternalStore(toasts.subscribe, toasts.snapshot);
  return (
    <div className="toasts" role="region" aria-label={label} aria-live="polite">
      {all.map(({ id, text, isBad, action }) => (
        <div key={id} className={isBad ? "toast bad" : "toast"} role={isBad ? "alert" : "status"}>
          <p>{text}</p>
          {action && <Button isSmall onPress={() => { toasts.close(id); action.run(); }}>{action.text}</Button>}
          <Button isSmall icon="close" aria-label={closeLabel} onPress={() => toasts.close(id)} />
        </div>
      ))}
    </div>
  );
}
