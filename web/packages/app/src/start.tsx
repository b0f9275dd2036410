import { I18nProvider } from "@lingui/react";
import { i18n, preferredLanguage, setLanguage } from "@microflow/i18n";
import { currentTheme, setTheme } from "@microflow/ui";
import { StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";

/** Begins an application in its page. */
export async function start(application: ReactNode): Promise<void> {
  setTheme(currentTheme());
  await setLanguage(preferredLanguage());
  createRoot(document.getElementById("root")!).render(
    <StrictMode><I18nProvider i18n={i18n}>{application}</I18nProvider></StrictMode>);
}
