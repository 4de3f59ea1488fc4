import { useEffect, useRef } from "react";
import "./filter-bar.css";

/** The page's one search field; `/` anywhere on the page leads to it, Escape empties it. */
export function SearchField({
  label,
  placeholder,
  text,
  onChange,
}: {
  /** What can be looked for, for whoever cannot see the placeholder. */
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  onChange(text: string): void;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <input
      ref={input}
      type="search"
      className="control filter-text"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={`${placeholder}   ( / )`}
      value={text}
      onChange={({ target }) => onChange(target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onChange("");
      }}
    />
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, select, textarea, [role=dialog]") !== null;
}
