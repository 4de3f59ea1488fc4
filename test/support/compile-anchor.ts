/**
 * Compiles the contract: `node test/support/compile-anchor.ts` writes the artifact anew, and a test compares what is
 * committed with what comes out. Settings stand in the artifact, so that anybody gets the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import solc from "solc";
import * as z from "zod";

const FOLDER = join(import.meta.dirname, "../../contracts/solidity");
const NAME = "HospitellAnchor";
const SOURCE = `${NAME}.sol`;
export const ARTIFACT_FILE = join(FOLDER, `${NAME}.json`);

/** paris: no opcode that is younger than the merge, so that any chain of today takes it. */
const SETTINGS = {
  evmVersion: "paris",
  optimizer: { enabled: true, runs: 10_000 },
  metadata: { bytecodeHash: "none" },
};

const Output = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.unknown()),
          evm: z.object({ bytecode: z.object({ object: z.string() }) }),
        }),
      ),
    )
    .default({}),
});

export function compileAnchor() {
  const input = {
    language: "Solidity",
    sources: { [SOURCE]: { content: readFileSync(join(FOLDER, SOURCE), "utf8") } },
    settings: { ...SETTINGS, outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const { errors, contracts } = Output.parse(JSON.parse(solc.compile(JSON.stringify(input))));
  const compiled = contracts[SOURCE]?.[NAME];
  // A warning is not let pass either.
  if (errors.length > 0 || compiled === undefined)
    throw new Error(
      errors.map(({ formattedMessage }) => formattedMessage).join("\n") || `no ${NAME} came out`,
    );
  return {
    contract: NAME,
    compiler: solc.version(),
    settings: SETTINGS,
    abi: compiled.abi,
    bytecode: `0x${compiled.evm.bytecode.object}`,
  };
}

if (import.meta.main) writeFileSync(ARTIFACT_FILE, `${JSON.stringify(compileAnchor(), null, 2)}\n`);
