import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { z } from "zod";
import { SetupProblem } from "./setup-problem.ts";

/** Every problem at once, by place, and never a value: some of these files hold keys. */
export async function readYaml<Schema extends z.ZodType>(
  file: string,
  what: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new SetupProblem(`${what} ${file} cannot be read (${error.code ?? error.message})`);
  });
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => `  line ${lineOf(text, error.pos[0])}: ${error.code}`);
    throw new SetupProblem(`${what} ${file} is not YAML:\n${problems.join("\n")}`);
  }
  const result = schema.safeParse(document.toJS());
  if (!result.success)
    throw new SetupProblem(`${what} ${file} is not valid:\n${z.prettifyError(result.error)}`);
  return result.data;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
