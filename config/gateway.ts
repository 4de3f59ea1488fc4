/** A gateway's bootstrap facts. Secrets stand in files of their own, so that this one can be shown to anybody. */
import * as z from "zod";
import { GatewayId, HospitalId } from "../contracts/wire/ids.ts";

const port = z.int().min(0).max(65_535);
const MIB = 1024 * 1024;
const host = z.string().min(1).default("127.0.0.1");

export const GatewayConfig = z.strictObject({
  gateway: z.strictObject({ id: GatewayId, hospital: HospitalId }),
  /** Paths are relative to this file. */
  wardFile: z.string().min(1),
  dataDirectory: z.string().min(1),
  cloud: z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    /** Holds the gateway's key, as the cloud gave it out. */
    keyFile: z.string().min(1),
    /** Public key of the network's log, 32 bytes in base64. Left out: the first that the cloud shows is kept, and no other after it. */
    networkKey: z
      .string()
      .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, "expected 32 bytes in base64")
      .optional(),
  }),
  mqtt: z
    .strictObject({
      host,
      /** 0: any free port; the one taken is printed. */
      port: port.default(1883),
      /** JSON, device id to the SHA-256 of its key in hex. Devices that are not in it cannot connect. */
      deviceKeyHashesFile: z.string().min(1),
      /** For networks that are not trusted: a device proves itself by a certificate whose name is its id. */
      tls: z
        .strictObject({
          host,
          port: port.default(8883),
          certFile: z.string().min(1),
          keyFile: z.string().min(1),
          /** Who signs the devices' certificates. */
          clientCaFile: z.string().min(1),
        })
        .optional(),
      webSocket: z.strictObject({ host, port: port.default(9001) }).optional(),
      /** A hospital's devices may all come from behind one router; a stranger's cannot take more than this. */
      connectionsPerAddressMax: z.int().min(1).max(2_000).default(200),
    })
    .optional(),
  /** The hospital's own brokers, that devices already report to. */
  brokers: z
    .array(
      z.strictObject({
        /** As ward files name it. */
        name: z.string().min(1).max(64),
        url: z.url({ protocol: /^(mqtts?|wss?)$/ }),
        /** Left out: the gateway's id. It has to stay the same, since the broker keeps what comes while the gateway is away. */
        clientId: z.string().min(1).max(64).optional(),
        username: z.string().min(1).optional(),
        passwordFile: z.string().min(1).optional(),
        caFile: z.string().min(1).optional(),
      }),
    )
    .default([]),
  /** How much of the disk the journal may use; what gives way is said in docs/architecture.md. */
  journal: z
    .strictObject({
      /** Above nine tenths of it the oldest readings give way. */
      bytesMax: z
        .int()
        .min(8 * MIB)
        .default(4_096 * MIB),
      /** Set aside and let go when the disk is full, since even making room needs some: more than the log. */
      ballastBytes: z
        .int()
        .min(5 * MIB)
        .default(64 * MIB),
      /** Past `bytesMax`, for bed events alone. */
      reserveBytes: z
        .int()
        .min(MIB)
        .default(64 * MIB),
    })
    .prefault({}),
  console: z.strictObject({ host, port: port.default(8180) }).prefault({}),
  metrics: z.strictObject({ port: port.default(9181) }).prefault({}),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** device id → SHA-256 of its key, hex. The keys have at least 128 random bits, so a plain hash is enough. */
export const DeviceKeyHashes = z.record(
  z.string(),
  z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in 64 hexadecimal digits"),
);
