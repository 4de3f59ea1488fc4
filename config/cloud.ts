/** The cloud service's configuration. The database's address, which holds a password, comes from `DATABASE_URL` alone. */
import * as z from "zod";
import { GatewayId, HospitalId } from "../contracts/wire/ids.ts";
import { Anchor } from "./anchor.ts";
import { findingsIn, history } from "./history.ts";

const port = z.int().min(0).max(65_535);

export const CloudConfig = z
  .strictObject({
    http: z
      .strictObject({ host: z.string().min(1).default("127.0.0.1"), port: port.default(8080) })
      .prefault({}),
    /** Where people reach the service; sign-in links begin with it. Defaults to http://localhost and the port taken. */
    publicUrl: z.url({ protocol: /^https?$/ }).optional(),
    metrics: z.strictObject({ port: port.default(9180) }).prefault({}),
    /** For exports and reports, and for the embedded database, used where DATABASE_URL is not set. Relative to this file. */
    dataDirectory: z.string().min(1),
    /** Keys of patients' identities, relative to this file; left out: identity.key in the data directory, made there. */
    identityKeyFile: z.string().min(1).optional(),
    hospitals: z.array(z.strictObject({ id: HospitalId, name: z.string().min(1).max(128) })).min(1),
    gateways: z.array(
      z.strictObject({
        id: GatewayId,
        hospital: HospitalId,
        /** SHA-256 of the gateway's key in hex; the key has 256 random bits, so a plain hash is enough. */
        keySha256: z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in 64 hexadecimal digits"),
      }),
    ),
    /** `allowPrivate`: also addresses of the service's own network, for demonstrations and tests alone. */
    webhooks: z.strictObject({ allowPrivate: z.boolean().default(false) }).prefault({}),
    /** Left out: the network's log is not put on any chain. */
    anchor: Anchor.optional(),
    evidence: z
      .strictObject({
        /** Other gateways that must have cosigned the network's log before a bed's statement counts as witnessed. */
        witnessesMin: z.int().min(0).max(100).default(1),
        /** The network's key, relative to this file, the same for all replicas; left out: network-key.pem in the data directory, made there. */
        keyFile: z.string().min(1).optional(),
        /** Where bundles are published, by its RPC address; left out: they stay in the database. */
        kubo: z.strictObject({ url: z.url({ protocol: /^https?$/ }) }).optional(),
      })
      .prefault({}),
    ...history,
  })
  .check((context) => {
    const { hospitals, gateways } = context.value;
    const known = new Set<string>(hospitals.map((hospital) => hospital.id));
    for (const [index, gateway] of gateways.entries()) {
      const path = ["gateways", index];
      if (!known.has(gateway.hospital))
        context.issues.push({
          code: "custom",
          message: "hospital is not in hospitals",
          path,
          input: gateway,
        });
      if (gateways.findIndex((other) => other.id === gateway.id) !== index)
        context.issues.push({ code: "custom", message: "gateway id is used twice", path, input: gateway });
    }
    for (const { message, path } of findingsIn(context.value, known))
      context.issues.push({ code: "custom", message, path, input: context.value });
  });
export type CloudConfig = z.infer<typeof CloudConfig>;
