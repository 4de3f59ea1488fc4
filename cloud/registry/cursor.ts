/** Where the next page begins: a position, wrapped so that clients hand it back and read nothing into it. */
import * as z from "zod";

export function cursorText(position: string | number | readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

export function cursorOf<Position extends z.ZodType>(position: Position) {
  return z
    .string()
    .max(256)
    .transform((text, context): z.output<Position> => {
      const result = position.safeParse(unwrapped(text));
      if (result.success) return result.data;
      context.addIssue("expected the nextCursor of an earlier page");
      return z.NEVER;
    });
}

function unwrapped(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined;
  }
}
