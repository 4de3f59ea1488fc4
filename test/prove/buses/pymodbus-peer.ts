import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { WordOrder } from "../../../contracts/wire/word-order.ts";
import type { RegisterType } from "../../../devices/profile.ts";

/** Debian's Python, which has Debian's python3-pymodbus. */
const PYTHON = "/usr/bin/python3";
const peer = (name: string) => new URL(`../peers/${name}`, import.meta.url).pathname;

export type PymodbusCase = {
  readonly type: Exclude<RegisterType, "bit">;
  readonly order: WordOrder;
  readonly words: readonly number[];
  /** As texts, so that 0.1 is 0.1. */
  readonly scales: readonly string[];
};

/** What pymodbus makes of each case: one exact decimal a scale, null where it is no number. */
export async function readWithPymodbus(
  cases: readonly PymodbusCase[],
): Promise<readonly (readonly (string | null)[])[]> {
  const python = spawn(PYTHON, [peer("pymodbus_decode.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(python, "exit");
  python.stdin.end(cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const answers: (string | null)[][] = [];
  for await (const line of createInterface({ input: python.stdout })) answers.push(JSON.parse(line));
  const [code] = await exited;
  if (code !== 0 || answers.length !== cases.length)
    throw new Error(`pymodbus ended with ${code} after ${answers.length} of ${cases.length} answers`);
  return answers;
}

export type RegisterServer = { close(): Promise<void> };

/** A unit 1 on Modbus TCP with these input registers and discrete inputs, from address 0 on. */
export async function servePymodbus(
  port: number,
  held: { readonly registers: readonly number[]; readonly bits: readonly number[] },
): Promise<RegisterServer> {
  // It complains of each connection that its client closes.
  const python = spawn(PYTHON, [peer("pymodbus_registers.py"), String(port)], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const exited = once(python, "exit");
  python.stdin.write(`${JSON.stringify(held)}\n`);
  const [first] = await Promise.race([once(python.stdout, "data"), exited]);
  if (String(first).trim() !== "ready") throw new Error(`pymodbus said "${first}" instead of ready`);
  return {
    async close() {
      python.stdin.end();
      await exited;
    },
  };
}
