import { I18nProvider } from "@lingui/react";
import { i18n, preferredLanguage, setLanguage } from "@microflow/i18n";
import { currentTheme, setTheme } from "@microflow/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "@microflow/ui/styles.css";
import "./dispatch.css";

setTheme(currentTheme());
await setLanguage(preferredLanguage());
createRoot(document.getElementById("root")!).render(
  <StrictMode><I18nProvider i18n={i18n}><App /></I18nProvider></StrictMode>);
