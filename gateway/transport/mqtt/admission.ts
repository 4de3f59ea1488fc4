/** Decides who may connect: a device of this gateway, under its own name, with its own key or its own certificate. */
import { createHash, timingSafeEqual } from "node:crypto";
import { type DeviceId, DeviceId as DeviceIdSchema } from "../../../contracts/wire/ids.ts";

export type Admission =
  | { readonly kind: "admitted"; readonly deviceId: DeviceId }
  | {
      readonly kind: "refused";
      readonly reason: "unknown-device" | "wrong-device-key" | "wrong-certificate";
      readonly detail: string;
    };

/** Whether an id is that of a device which speaks to this broker. */
export type DeviceLookup = (deviceId: DeviceId) => boolean;

export function admitByKey(
  keyHashes: ReadonlyMap<string, string>,
  isDevice: DeviceLookup,
  clientId: string,
  key: Uint8Array | undefined,
): Admission {
  const known = admitName(isDevice, clientId);
  if (known.kind === "refused") return known;
  const { deviceId } = known;
  const wanted = keyHashes.get(deviceId);
  if (wanted === undefined) {
    return refuse("unknown-device", `${deviceId} connected, but has no key in the device key file; add one`);
  }
  const got = createHash("sha256")
    .update(key ?? new Uint8Array())
    .digest();
  if (!timingSafeEqual(got, Buffer.from(wanted, "hex"))) {
    return refuse(
      "wrong-device-key",
      `${deviceId} connected with a wrong key; put the same key on both sides`,
    );
  }
  return known;
}

/** The certificate has been checked against the devices' authority by then; its name is the device's. */
export function admitByCertificate(
  isDevice: DeviceLookup,
  clientId: string,
  certificateName: string,
): Admission {
  const known = admitName(isDevice, clientId);
  if (known.kind === "refused" || certificateName === clientId) return known;
  return refuse(
    "wrong-certificate",
    `${known.deviceId} connected with a certificate for "${shown(certificateName)}"; the certificate's common name has to be the device's id`,
  );
}

function admitName(isDevice: DeviceLookup, clientId: string): Admission {
  const deviceId = DeviceIdSchema.safeParse(clientId);
  return deviceId.success && isDevice(deviceId.data)
    ? { kind: "admitted", deviceId: deviceId.data }
    : refuse(
        "unknown-device",
        `"${shown(clientId)}" connected, but no device of that id that speaks to this broker is in the ward file`,
      );
}

const shown = (text: string) => text.slice(0, 64).replace(/[^ -~]/g, "?");

const refuse = (
  reason: "unknown-device" | "wrong-device-key" | "wrong-certificate",
  detail: string,
): Admission => ({
  kind: "refused",
  reason,
  detail,
});
