/**
 * The columns of a schema's fields, by name. A statement that is prepared names what it reads: one that asks for
 * everything is refused on its connection as soon as a newer version of the service adds a column.
 */
import { type RawBuilder, sql } from "kysely";

const snakeCase = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `except`: what the statement makes itself. */
export function columnsOf<Field extends string>(
  table: string,
  shape: Readonly<Record<Field, unknown>>,
  except: readonly NoInfer<Field>[] = [],
): RawBuilder<unknown> {
  const fields = (Object.keys(shape) as Field[]).filter((field) => !except.includes(field));
  return sql.raw(fields.map((field) => `${table}.${snakeCase(field)}`).join(", "));
}
