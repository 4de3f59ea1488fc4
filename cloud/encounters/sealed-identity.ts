/** An identity as it lies in the database: each field sealed on its own, bound to its row, its field and its version. */
import { PatientIdentity } from "../../contracts/wire/encounters.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { Randomness } from "../clock.ts";
import type { KeyProvider, WrappedKey } from "./key-provider.ts";
import { KEY_BYTES, SealBrokenError, seal, unseal } from "./seal.ts";

const FIELDS = ["familyName", "givenName", "patientNumber", "birthDate"] as const;
type Field = (typeof FIELDS)[number];
type SealedFields = Readonly<Record<Exclude<Field, "birthDate">, Uint8Array>> & {
  readonly birthDate: Uint8Array | null;
};

/** Which row of which version; what was sealed for another does not open as this one. */
export type IdentityPlace = {
  readonly encounterId: string;
  readonly hospitalId: HospitalId;
  readonly version: number;
};
export type SealedIdentity = IdentityPlace & SealedFields & { readonly key: WrappedKey };

export type Sealing = { readonly keys: KeyProvider; readonly randomness: Randomness };

/** With a new data key each time, also where only the version is new. */
export async function sealIdentity(
  identity: PatientIdentity,
  place: IdentityPlace,
  { keys, randomness }: Sealing,
): Promise<SealedIdentity> {
  const dataKey = randomness.bytes(KEY_BYTES);
  const sealed = (field: Field, text: string) =>
    seal(new TextEncoder().encode(text), dataKey, boundTo(place, field), randomness);
  const { familyName, givenName, patientNumber, birthDate } = identity;
  return {
    ...place,
    key: await keys.wrap(dataKey),
    familyName: sealed("familyName", familyName),
    givenName: sealed("givenName", givenName),
    patientNumber: sealed("patientNumber", patientNumber),
    birthDate: birthDate === undefined ? null : sealed("birthDate", birthDate),
  };
}

/** Throws SealBrokenError, or what the provider throws; never with what the fields say. */
export async function openIdentity(row: SealedIdentity, { keys }: Pick<Sealing, "keys">) {
  const dataKey = await keys.unwrap(row.key);
  const plain: Partial<Record<Field, string>> = {};
  for (const field of FIELDS) {
    const sealed = row[field];
    if (sealed !== null)
      plain[field] = new TextDecoder().decode(unseal(sealed, dataKey, boundTo(row, field)));
  }
  const identity = PatientIdentity.safeParse(plain);
  // The schema's own error would quote what it found.
  if (!identity.success) throw new SealBrokenError("what was sealed is no identity");
  return identity.data;
}

const boundTo = ({ encounterId, hospitalId, version }: IdentityPlace, field: Field) =>
  ["hospitell-identity", encounterId, hospitalId, field, version] as const;
