/** The ward of the truth proof: every way to know of a bed, alone and together, adults and children. */

/** Ways to know, each a bed's devices without their ids: profile, its place on the wire, and whether it has a say. */
type Way = {
  readonly name: string;
  readonly devices: readonly (Record<string, unknown> & {
    readonly profile: string;
    readonly decides?: string;
  })[];
  readonly isForChildren?: boolean;
};

/** The way on the wire is never opened here: bytes go from the device's model to the gateway's scanner by hand. */
const serial = "tcp://127.0.0.1:1";
const rtu = { line: "tcp://127.0.0.1:2", unit: 1 };

const WAYS: readonly Way[] = [
  { name: "detector", devices: [{ profile: "smart-bed-senml", decides: "occupancy" }] },
  { name: "scale", devices: [{ profile: "smart-bed-senml", decides: "load" }] },
  {
    name: "scale-and-pulse",
    devices: [
      { profile: "smart-bed-senml", decides: "load" },
      { profile: "masimo-ascii-1", serial, decides: "pulse-rate" },
    ],
  },
  { name: "pad", devices: [{ profile: "load-pad-4", modbusRtu: rtu, decides: "load" }] },
  {
    name: "pad-and-mat",
    devices: [
      { profile: "load-pad-4", modbusRtu: rtu, wordOrder: "cdab", decides: "load" },
      { profile: "dry-contacts", modbusRtu: rtu, decides: "occupancy" },
    ],
  },
  { name: "mat", devices: [{ profile: "dry-contacts", modbusRtu: rtu, decides: "occupancy" }] },
  { name: "legs", devices: [{ profile: "tasmota-hx711", decides: "load" }] },
  {
    name: "legs-and-clip",
    devices: [
      { profile: "tasmota-hx711", decides: "load" },
      { profile: "contec-cms50d-plus", serial, decides: "pulse-rate" },
    ],
  },
  { name: "text", devices: [{ profile: "bed-text-json", decides: "occupancy" }] },
  {
    name: "mat-and-nonin",
    devices: [
      { profile: "dry-contacts", modbusRtu: rtu, decides: "occupancy" },
      { profile: "nonin-ascii", serial, decides: "pulse-rate" },
    ],
  },
  { name: "child-scale", devices: [{ profile: "smart-bed-senml", decides: "load" }], isForChildren: true },
  {
    name: "child-pad",
    devices: [{ profile: "load-pad-4", modbusRtu: rtu, decides: "load" }],
    isForChildren: true,
  },
];
export const WAYS_COUNT = WAYS.length;

/** A bundle of linen weighs what a small child does, but lies there for less than three minutes. */
const FOR_CHILDREN = {
  load: { presentAtKg: 7, absentAtKg: 4 },
  debounce: { presentMs: 180_000, absentMs: 30_000 },
};

/** `beds` of them, each way in turn, in rooms of one bed. The content of a ward file. */
export function truthWard(beds: number): object {
  const places = Array.from({ length: beds }, (_, n) => {
    const way = WAYS[n % WAYS.length] as Way;
    const bedId = `${way.name}-${Math.floor(n / WAYS.length) + 1}`;
    const devices = way.devices.map(({ decides, ...device }) => ({
      device: { id: `${bedId}-${device.profile}`, bed: bedId, ...device },
      decides,
    }));
    return { bedId, devices, isForChildren: way.isForChildren === true };
  });
  const rooms = places.map(({ bedId, devices, isForChildren }) => ({
    id: `room-${bedId}`,
    name: bedId,
    beds: [
      {
        id: bedId,
        label: bedId.slice(0, 32),
        occupancyFrom: devices.flatMap(({ device, decides }) =>
          decides === undefined ? [] : [{ device: device.id, metric: decides }],
        ),
        ...(isForChildren ? FOR_CHILDREN : {}),
      },
    ],
  }));
  const declared = { service: "open", staffing: "staffed", infection: "none" };
  const ward = { id: "ward", name: "Ward", assignmentSource: "bookings", declared, rooms };
  const devices = places.flatMap((place) => place.devices.map(({ device }) => device));
  return { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] };
}
