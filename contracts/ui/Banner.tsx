import type { ReactNode } from "react";
import "./banner.css";

/**
 * One strip across the page for what concerns all of it. `alert` interrupts a screen reader, for what makes the screen
 * unreliable; `notice` waits its turn.
 */
export function Banner({
  weight,
  title,
  children,
}: {
  readonly weight: "alert" | "notice";
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={`banner banner-${weight}`} role={weight === "alert" ? "alert" : "status"}>
      <strong>{title}</strong> <span>{children}</span>
    </div>
  );
}
