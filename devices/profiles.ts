import type { Profile } from "./profile.ts";
import { masimoAscii1 } from "./profiles/masimo-ascii-1.ts";
import { smartBedSenml } from "./profiles/smart-bed-senml.ts";
import { xyMd02 } from "./profiles/xy-md02.ts";

const all: readonly Profile[] = [smartBedSenml, xyMd02, masimoAscii1];

export const PROFILES: ReadonlyMap<string, Profile> = new Map(all.map((profile) => [profile.model, profile]));
