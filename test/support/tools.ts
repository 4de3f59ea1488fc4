/** Programs of the system that a test needs. One that is missing is said aloud at home, and is a failure in CI. */
import { execFileSync } from "node:child_process";

/** `file` is where Debian puts it, or a name on the PATH; `args` make it say its version and end. */
export function hasTool(file: string, args: readonly string[], install: string): boolean {
  try {
    execFileSync(file, args, { stdio: "ignore" });
    return true;
  } catch (error) {
    // It was found and did not like to be asked: it is there.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" && !args.includes("-c")) return true;
    const sentence = `${file} is missing, so its tests are skipped: apt-get install ${install}`;
    if (process.env.CI === "true") throw new Error(sentence, { cause: error });
    process.stderr.write(`${sentence}\n`);
    return false;
  }
}

export const hasSocat = () => hasTool("socat", ["-V"], "socat");
export const hasMosquitto = () => hasTool("mosquitto", ["-h"], "mosquitto mosquitto-clients");
export const hasOpenssl = () => hasTool("openssl", ["version"], "openssl");
export const hasStrace = () => hasTool("strace", ["-V"], "strace");
export const hasPymodbus = () =>
  hasTool("/usr/bin/python3", ["-c", "import pymodbus, serial"], "python3-pymodbus python3-serial");
export const hasEvidencePython = () =>
  hasTool(
    "/usr/bin/python3",
    ["-c", "import cbor2, Cryptodome, cryptography"],
    "python3-cryptography python3-cbor2 python3-pycryptodome",
  );
