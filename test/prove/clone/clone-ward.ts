/** One bed with a scale that decides nothing, so that a reading stays a reading and each lane's story is told by itself. */
import { randomBytes } from "node:crypto";

export const SCALE = "scale-1";

export function cloneWard() {
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "none",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms: [{ id: "room-1", name: "Room 1", beds: [{ id: "bed-1", label: "1" }] }],
  };
  const devices = [{ id: SCALE, profile: "smart-bed-senml", bed: "bed-1" }];
  const key = randomBytes(16).toString("base64url");
  return {
    ward: { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] },
    deviceKeys: new Map([[SCALE, key]]),
    key,
  };
}
