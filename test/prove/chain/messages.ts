/** What the proof and the process that anchors say to each other. */
export const CARELESS_WAYS = ["sends-before-it-stores", "believes-before-it-is-final"] as const;
export type CarelessWay = (typeof CARELESS_WAYS)[number];

/** Sent to a process that has loaded and waits. */
export type Begin = {
  readonly databaseUrl: string;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly contract: string;
  readonly privateKey: string;
  /** Null: as it is in the service. */
  readonly careless: CarelessWay | null;
};
export type FromProcess = { readonly kind: "loaded" };
