/** What every journey has: the running hospital, who sits at which screen, and the figures that are taken. */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { Bedside } from "./bedside.ts";
import type { DeskCaller } from "./desk-caller.ts";
import type { Seen } from "./screens.ts";

export type Journey = {
  readonly bedside: Bedside;
  /** The requests page, and a second coordinator who looks at the board. */
  readonly coordinator: Page;
  readonly board: Page;
  readonly nurse: Page;
  /** The same people by API. */
  readonly other: DeskCaller;
  readonly ward: DeskCaller;
  readonly notes: Notes;
  ahead(byMs: number): Promise<void>;
};

export class Notes {
  readonly tookMs: Record<string, number[]> = {};
  readonly misses: string[] = [];
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  seen(name: string, { tookMs, missed }: Seen): void {
    this.#say(
      `${missed === null ? `${String(tookMs).padStart(6)} ms` : "   MISSED"}  ${name}${missed === null ? "" : `: ${missed}`}`,
    );
    if (missed === null) this.tookMs[name] = [...(this.tookMs[name] ?? []), tookMs];
    else this.misses.push(`${name}: ${missed}`);
  }

  expect(holds: boolean, sentence: string): void {
    this.#say(`${holds ? "    holds" : "   MISSED"}  ${sentence}`);
    if (!holds) this.misses.push(sentence);
  }
}

/** Longer than any of the processes takes to look. */
const TAKEN_UP_MS = 200;

/** All clocks of the hospital, this many milliseconds further; then every bed says again what is so. */
export function clockAhead(file: string) {
  let aheadMs = 0;
  const write = () => writeFileSync(file, String(aheadMs));
  write();
  return async (byMs: number, bedside: Bedside) => {
    aheadMs += byMs;
    write();
    await sleep(TAKEN_UP_MS);
    await bedside.repeat();
  };
}
