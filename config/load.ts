/** Reads a configuration file: YAML, checked strictly, every problem named at once, and never a value, which may be a secret. */
import { readFileSync } from "node:fs";
import { type Document, parseDocument, visit } from "yaml";
import type * as z from "zod";

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const FILE_BYTES_MAX = 16 * 1024 * 1024;

export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
  what: string,
): z.infer<Schema> {
  return parseConfig(schema, readConfigText(file, what), `${what} ${file}`);
}

export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  source: string,
): z.infer<Schema> {
  const result = schema.safeParse(parseYaml(text, source));
  if (result.success) return result.data;
  throw new ConfigError(
    `${source} has ${count(result.error.issues.length)}:\n${result.error.issues.map(describe).join("\n")}`,
  );
}

function parseYaml(text: string, source: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const problem = (position: number, code: string) =>
    `  line ${text.slice(0, position).split("\n").length}: ${code}`;
  const problems = document.errors.map((error) => problem(error.pos[0], error.code));
  // An alias that stands for nothing is found only when the values are read, in an error that quotes it.
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) problems.push(problem(alias.range?.[0] ?? 0, "BAD_ALIAS"));
    },
  });
  if (problems.length > 0) throw new ConfigError(`${source} is not valid YAML:\n${problems.join("\n")}`);
  return toPlain(document, source);
}

function toPlain(document: Document, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // A few aliases of aliases can stand for gigabytes.
    throw new ConfigError(`${source} repeats too much by aliases (*name). Write it out.`, { cause: error });
  }
}

function readConfigText(file: string, what: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (text.length <= FILE_BYTES_MAX) return text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new ConfigError(`${what} ${file} cannot be read (${code}). Check the path and who may read it.`, {
      cause: error,
    });
  }
  throw new ConfigError(`${what} ${file} is larger than ${FILE_BYTES_MAX} bytes.`);
}

const count = (problems: number) => (problems === 1 ? "a problem" : `${problems} problems`);

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? "(top level)" : issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") return `  ${where}: unknown field ${issue.keys.join(", ")}`;
  return `  ${where}: ${issue.message}`;
}
