import { createHash, timingSafeEqual } from "node:crypto";
import { type DeviceId, DeviceId as DeviceIdSchema } from "../../../contracts/wire/ids.ts";

/** Decides who may connect: a device of this gateway, with its own key, under its own name. */
export type Admission =
  | { readonly kind: "admitted"; readonly deviceId: DeviceId }
  | {
      readonly kind: "refused";
      readonly reason: "unknown-device" | "wrong-device-key";
      readonly detail: string;
    };

export function admit(
  keyHashes: ReadonlyMap<string, string>,
  isDevice: (deviceId: DeviceId) => boolean,
  clientId: string,
  key: Uint8Array | undefined,
): Admission {
  const deviceId = DeviceIdSchema.safeParse(clientId);
  const shown = clientId.slice(0, 64).replace(/[^ -~]/g, "?");
  if (!deviceId.success || !isDevice(deviceId.data)) {
    return refuse("unknown-device", `"${shown}" connected, but no device of that id is in the ward file`);
  }
  const wanted = keyHashes.get(deviceId.data);
  if (wanted === undefined) {
    return refuse("unknown-device", `${shown} connected, but has no key in the device key file; add one`);
  }
  const got = createHash("sha256")
    .update(key ?? new Uint8Array())
    .digest();
  if (!timingSafeEqual(got, Buffer.from(wanted, "hex"))) {
    return refuse("wrong-device-key", `${shown} connected with a wrong key; put the same key on both sides`);
  }
  return { kind: "admitted", deviceId: deviceId.data };
}

function refuse(reason: "unknown-device" | "wrong-device-key", detail: string): Admission {
  return { kind: "refused", reason, detail };
}
