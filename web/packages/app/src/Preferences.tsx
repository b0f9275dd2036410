import { setLanguage } from "@microflow/i18n";
import { Button, isDark, setTheme } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";

export function LanguageButton() {
  const { i18n } = useLingui();
  const other = i18n.locale === "es" ? "en" : "es";
  const name = other === "en" ? "English" : "Español";
  return <Button look="quiet" isSmall onPress={() => void setLanguage(other, true)}><span lang={other}>{name}</span></Button>;
}
export function ThemeButton() {
  const { t } = useLingui();
  const [dark, setDark] = useState(isDark);
  return (
    <Button look="quiet" isSmall icon={dark ? "sun" : "moon"} label={dark ? t`Tema claro` : t`Tema oscuro`}
      onPress={() => { setTheme(dark ? "light" : "dark"); setDark(!dark); }} />
  );
}
