import { Link } from "wouter";
import type { DeviceHealth } from "../../../contracts/wire/data-health.ts";

/** A source, and the beds that rest on it. */
export function DeviceName({ device }: { readonly device: DeviceHealth }) {
  const { deviceId, hospitalId, beds } = device;
  return (
    <>
      {deviceId}
      <span className="block quiet">
        {hospitalId}
        {beds.length === 0 ? ", no bed names it" : null}
        {beds.map(({ bedId, label }) => (
          <span key={bedId}>
            , <Link href={`/beds/${bedId}`}>bed {label}</Link>
          </span>
        ))}
      </span>
    </>
  );
}
