import type { By } from "../../../contracts/wire/bed-event.ts";

/** Who says so. */
export function byWords(by: By | null): string {
  if (by === null) return "nobody yet";
  switch (by.kind) {
    case "sensor":
      return `sensor ${by.deviceId}`;
    case "silence":
      return `silence of ${by.deviceId}`;
    case "declaration":
      return `declared by ${by.who}`;
  }
}
