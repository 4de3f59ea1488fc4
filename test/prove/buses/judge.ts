/** Holds each value against what its register must hold, and notes when each unit was heard whole. */
import type { ModbusProfile } from "../../../devices/profile.ts";
import type { RawMessage } from "../../../gateway/ingest/raw-message.ts";
import { ageMsOf, BLOCKS, wordAt } from "./told-by.ts";

/** By the unit's own stamp; a busy machine is not that slow, and what must not be taken is older by far. */
const FRESH_WITHIN_MS = 10_000;
export const WORDS = BLOCKS.length * 2;

/** Requests of one shape, so that an answer to one could pass for the answer to another. */
export const tellingProfile: ModbusProfile = {
  model: "telling",
  source: "told-by.ts",
  protocol: "modbus",
  expectedIntervalMs: 1_000,
  wordOrder: "abcd",
  fields: BLOCKS.flatMap((block) =>
    [block, block + 1].map((address) => ({
      metric: "load" as const,
      functionCode: 4 as const,
      address,
      type: "u16" as const,
    })),
  ),
};

export class Judge {
  values = 0;
  wrong = 0;
  stale = 0;
  readonly #waiting = new Map<string, () => void>();
  readonly #heard = new Map<string, number>();

  hear(unit: number, { deviceId, body }: RawMessage): void {
    if (body.kind !== "registers") return;
    const nowMs = Date.now();
    for (const { address, words } of body.blocks)
      for (const [n, word] of words.entries()) this.#look(unit, address + n, word, nowMs);
    if (body.blocks.flatMap(({ words }) => words).length < WORDS) return;
    this.#heard.set(deviceId, this.heard(deviceId) + 1);
    this.#waiting.get(deviceId)?.();
    this.#waiting.delete(deviceId);
  }

  /** How often a device was heard whole. */
  heard(deviceId: string): number {
    return this.#heard.get(deviceId) ?? 0;
  }

  /** Settles when the device is next heard whole. */
  next(deviceId: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(deviceId, resolve));
  }

  #look(unit: number, address: number, word: number, nowMs: number): void {
    this.values += 1;
    if (address % 2 !== 0) {
      if (word !== wordAt(unit, address, nowMs)) this.wrong += 1;
    } else if (ageMsOf(word, nowMs) > FRESH_WITHIN_MS) this.stale += 1;
  }
}
