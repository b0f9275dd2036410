import type { BoardSnapshot } from "@microflow/client";
import { useSyncExternalStore } from "react";
import { board } from "./core";

export { useKept, useNow, useSize, useStreamState } from "@microflow/app";

export function useBoard(): BoardSnapshot {
  return useSyncExternalStore(board.subscribe, board.snapshot);
}
