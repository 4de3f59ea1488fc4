/**
 * InfluxDB's line protocol: one point a line.
 *
 *   measurement,tag=text,tag=text field=1.5,field="text" nanoseconds
 *
 * A comma, a blank or an equals sign in a name is escaped by a backslash. A line break or a backslash in a tag can be
 * escaped by nothing, and an empty tag is refused: `tagText` writes those as a URL would.
 */
export type InfluxPoint = {
  /** A plain name of ours. */
  readonly measurement: string;
  /** Texts as `tagText` gives them. */
  readonly tags: Readonly<Record<string, string>>;
  /** Finite numbers, which are floats in the store, and texts. At least one. */
  readonly fields: Readonly<Record<string, number | string>>;
  /** Since 1970, in digits: nanoseconds are more than a number holds. */
  readonly timestamp: string;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no tag can hold.
const UNWRITABLE = /[\u0000-\u001f\u007f\\]|%(?=[0-9A-F]{2})/g;
const EMPTY = "%00";

/** A text that any tag can hold; another one for each text, and the same one for nearly all. */
export function tagText(text: string): string {
  if (text === "") return EMPTY;
  // PostgreSQL keeps no NUL, so that the empty text's spelling is free.
  return text.replace(UNWRITABLE, (character) => `%${hex(character)}`);
}

const hex = (character: string) => character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");

export function lineOf({ measurement, tags, fields, timestamp }: InfluxPoint): string {
  let written = "";
  for (const name in fields) {
    const text = `${escaped(name)}=${fieldText(fields[name] ?? 0)}`;
    written = written === "" ? text : `${written},${text}`;
  }
  return `${seriesPart(measurement, tags)} ${written} ${timestamp}`;
}

/** The measurement and its tags, which are the same for all points of a series. */
export function seriesPart(measurement: string, tags: InfluxPoint["tags"]): string {
  const texts = Object.entries(tags).map(([name, text]) => `,${escaped(name)}=${escaped(text)}`);
  return `${escaped(measurement)}${texts.join("")}`;
}

const escaped = (name: string) => name.replace(/[, =]/g, "\\$&");

export function fieldText(value: number | string): string {
  return typeof value === "number" ? String(value) : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
