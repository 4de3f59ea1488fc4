/** On which chain the network's log is anchored, and by whose account. */
import * as z from "zod";

export const ANCHOR_SCHEDULE = "*/10 * * * *";

export const Anchor = z.strictObject({
  /** JSON-RPC endpoints of the chain; of several, all must say the same. They are never told or logged. */
  rpcUrls: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(4),
  chainId: z.int().positive(),
  /** As `deploy` of cloud/anchor-command.ts prints it. */
  contract: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, "expected 0x and 40 hexadecimal digits")
    .toLowerCase(),
  /** When the newest checkpoint is queued: minute, hour, day, month, weekday, in UTC. */
  schedule: z.string().min(1).default(ANCHOR_SCHEDULE),
  /** The most that a unit of gas may cost. */
  feeCapGwei: z.number().positive().max(1_000_000).default(50),
  /** From where on a block is believed; there is no other choice. */
  confirmations: z.literal("finalized").default("finalized"),
  /** With the publisher's private key, mode 0600, relative to this file; left out: HOSPITELL_ANCHOR_KEY_FILE names it. */
  keyFile: z.string().min(1).optional(),
  /** Between two looks at the chain while an anchor is under way. */
  lookEverySeconds: z.number().min(0.1).max(600).default(12),
  /** Blocks without our transaction after which it is sent with a higher fee. */
  bumpAfterBlocks: z.int().min(1).max(1_000).default(3),
});
export type Anchor = z.infer<typeof Anchor>;
