import type { KeyValueField } from "../profile.ts";

/** The number behind one `KEY=VALUE`: undefined where the text does not have the field's form, null where it is dashes. */
export function numberOfPair(field: KeyValueField, pair: string): number | null | undefined {
  if (!pair.startsWith(`${field.key}=`)) return undefined;
  const number = field.pattern.exec(pair.slice(field.key.length + 1))?.[1];
  if (number === undefined) return undefined;
  return number.startsWith("-") ? null : Number(number);
}
