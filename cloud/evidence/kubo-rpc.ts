/** The way to a Kubo's RPC, for whatever is kept there. */
import type { KuboRPCClient } from "kubo-rpc-client";

/** Only where one is configured: the library takes a second and 40 MB. */
export async function connectKubo(url: string): Promise<KuboRPCClient> {
  const { create } = await import("kubo-rpc-client");
  return create({ url });
}

/** What is not there does not have to be taken away. */
export async function unlessSaid(words: RegExp, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (!(error instanceof Error && words.test(error.message))) throw error;
  }
}
