/** The suite comes without types. */
declare module "aedes-persistence/abstract.js" {
  import type { test } from "node:test";

  export default function abstractSuite(parts: {
    readonly test: typeof test;
    /** The persistence answers by promises and is given its broker by `setup`. */
    readonly testAsync: boolean;
    readonly persistence: () => Promise<unknown>;
  }): void;
}
