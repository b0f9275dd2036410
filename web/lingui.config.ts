import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

export default defineConfig({
  locales: ["es", "en"],
  sourceLocale: "es",
  catalogs: [{ path: "<rootDir>/packages/i18n/locales/{locale}", include: ["<rootDir>/{apps,packages}/*/src/**/*.{ts,tsx}"] }],
  format: formatter({ lineNumbers: false, origins: false }),
});
