/** Where the patient is, as the form has it: a hospital, or a place by its coordinates. Pure. */
import { RequestOrigin } from "../../../contracts/wire/booking.ts";

export type OriginFields = {
  /** Empty: another place. */
  readonly hospitalId: string;
  readonly label: string;
  readonly latitude: string;
  readonly longitude: string;
};

/** Null: not filled in yet, or not as it must be. */
export function originOf({ hospitalId, label, latitude, longitude }: OriginFields): RequestOrigin | null {
  const origin =
    hospitalId !== ""
      ? { kind: "hospital", hospitalId }
      : {
          kind: "place",
          label: label.trim() === "" ? "Another place" : label,
          latitude: numberOf(latitude),
          longitude: numberOf(longitude),
        };
  return RequestOrigin.safeParse(origin).data ?? null;
}

/** With a comma or a point. */
const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text.replace(",", ".")));
