// Spanish is what the screens are written in; English is a translation of it that must be complete.
import { i18n } from "@lingui/core";

export { i18n };
export type Language = "es" | "en";
const key = "language";

const catalogues: Record<Language, () => Promise<{ messages: Record<string, string> }>> = {
  es: () => import("../locales/es.po"),
  en: () => import("../locales/en.po"),
};

/** What somebody chose here; else what the account says; else what the browser prefers. */
export function preferredLanguage(ofAccount?: string): Language {
  const chosen = localStorage.getItem(key);
  if (chosen === "es" || chosen === "en") return chosen;
  if (ofAccount === "es" || ofAccount === "en") return ofAccount;
  return navigator.language.startsWith("en") ? "en" : "es";
}
export async function setLanguage(language: Language, isChosen = false): Promise<void> {
  if (isChosen) localStorage.setItem(key, language);
  const { messages } = await catalogues[language]();
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
}
export const languageNow = (): Language => (i18n.locale === "en" ? "en" : "es");
