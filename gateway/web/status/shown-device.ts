import type { DeviceStatus, FindingStatus, GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { type Trouble, troubleOf } from "./device-trouble.ts";

/** A device with what the rest of the status says about it. */
export type ShownDevice = {
  readonly device: DeviceStatus;
  readonly trouble: Trouble;
  readonly findings: readonly FindingStatus[];
  readonly bed: GatewayStatus["beds"][number] | null;
};

export function shownDevices({ devices, beds }: GatewayStatus, nowMs: number): ShownDevice[] {
  const bedById = new Map(beds.map((bed) => [bed.bedId, bed]));
  const findings = Map.groupBy(
    beds.flatMap((bed) => bed.findings),
    ({ deviceId }) => deviceId,
  );
  return devices.map((device) => {
    const bed = device.bedId === null ? undefined : bedById.get(device.bedId);
    const ofDevice = withoutRepeats(findings.get(device.deviceId) ?? []);
    return {
      device,
      trouble: troubleOf(device, ofDevice.length > 0, nowMs),
      findings: ofDevice,
      bed: bed ?? null,
    };
  });
}

/** A room's sensor is found wanting once, however many beds stand in the room. */
function withoutRepeats(findings: readonly FindingStatus[]): FindingStatus[] {
  return [...new Map(findings.map((finding) => [`${finding.metric} ${finding.kind}`, finding])).values()];
}
