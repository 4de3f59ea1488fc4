import { useState } from "react";
import { keepTheme, readTheme, showTheme, THEMES, type Theme } from "./theme.ts";

const WORDS: Readonly<Record<Theme, string>> = { system: "System", light: "Light", dark: "Dark" };

export function ThemeSwitch() {
  const [theme, setTheme] = useState(readTheme);
  const choose = (chosen: Theme) => {
    setTheme(chosen);
    keepTheme(chosen);
    showTheme(chosen);
  };
  return (
    <select
      className="control"
      aria-label="Colour theme"
      value={theme}
      onChange={(event) => choose(THEMES.find((known) => known === event.target.value) ?? "system")}
    >
      {THEMES.map((known) => (
        <option key={known} value={known}>
          {WORDS[known]}
        </option>
      ))}
    </select>
  );
}
