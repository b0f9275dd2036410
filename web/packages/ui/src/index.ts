export * from "./components";
export * from "./icons";
export * from "./theme";
export * from "./toasts";
