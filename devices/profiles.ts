import type { Profile } from "./profile.ts";
import { bedTextJson } from "./profiles/bed-text-json.ts";
import { contecCms50dPlus } from "./profiles/contec-cms50d-plus.ts";
import { dryContacts } from "./profiles/dry-contacts.ts";
import { loadPad4 } from "./profiles/load-pad-4.ts";
import { masimoAscii1 } from "./profiles/masimo-ascii-1.ts";
import { noninAscii } from "./profiles/nonin-ascii.ts";
import { roomPressure } from "./profiles/room-pressure.ts";
import { smartBedSenml } from "./profiles/smart-bed-senml.ts";
import { tasmotaHx711 } from "./profiles/tasmota-hx711.ts";
import { xyMd02 } from "./profiles/xy-md02.ts";

const all: readonly Profile[] = [
  smartBedSenml,
  tasmotaHx711,
  bedTextJson,
  xyMd02,
  loadPad4,
  roomPressure,
  dryContacts,
  masimoAscii1,
  noninAscii,
  contecCms50dPlus,
];

export const PROFILES: ReadonlyMap<string, Profile> = new Map(all.map((profile) => [profile.model, profile]));
