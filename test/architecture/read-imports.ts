/**
 * Every import of every source file, read by a real parser: `parseSync` of Vite, which is Oxc. Nothing is guessed from
 * text, so an import in a comment or a string is none, and one spread over lines, in a type, or made late is one.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { parseSync } from "vite";

export type Import = {
  /** Path of the importing file from the root, with forward slashes. */
  readonly file: string;
  /** As it is written. */
  readonly specifier: string;
  /** Where a relative one leads, from the root; null for packages and Node's own modules. */
  readonly target: string | null;
  /** Gone before the program runs: `import type`, `export type`, `import("…").T`. */
  readonly isType: boolean;
};
export type SourceFile = { readonly path: string; readonly text: string };
export type Project = {
  readonly files: readonly SourceFile[];
  readonly imports: readonly Import[];
  /** Files that cannot be parsed, and imports whose target cannot be read. */
  readonly unreadable: readonly string[];
};

/** Not ours, or made from ours. */
const LEFT_OUT = new Set(["node_modules", "dist", "var", ".git"]);

export function readProject(root: string): Project {
  const files = sourcePaths(root, root).map((path) => ({
    path,
    text: readFileSync(join(root, path), "utf8"),
  }));
  const read = files.map(readImports);
  return {
    files,
    imports: read.flatMap(({ imports }) => imports),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  };
}

function sourcePaths(root: string, directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : sourcePaths(root, path);
    return /\.tsx?$/.test(entry.name) ? [relative(root, path)] : [];
  });
}

function readImports({ path, text }: SourceFile): { imports: Import[]; unreadable: string[] } {
  const { program, errors } = parseSync(path, text);
  const imports: Import[] = [];
  const unreadable = errors.map((error) => `${path} cannot be parsed: ${error.message}`);
  for (const node of nodesOf(program)) {
    const found = importOf(node);
    if (found === null) continue;
    if (found.specifier === null) unreadable.push(`${path} imports what is only known when it runs`);
    else
      imports.push({
        file: path,
        specifier: found.specifier,
        target: targetOf(path, found.specifier),
        isType: found.isType,
      });
  }
  return { imports, unreadable };
}

type Node = { readonly type: string; readonly [field: string]: unknown };

/** Null where the node imports nothing; `specifier` null where it does, from somewhere computed. */
function importOf(node: Node): { specifier: string | null; isType: boolean } | null {
  switch (node.type) {
    case "ImportDeclaration":
      return { specifier: stringOf(node.source), isType: node.importKind === "type" };
    case "ExportAllDeclaration":
      return { specifier: stringOf(node.source), isType: node.exportKind === "type" };
    case "ExportNamedDeclaration":
      return node.source ? { specifier: stringOf(node.source), isType: node.exportKind === "type" } : null;
    case "ImportExpression":
      return { specifier: stringOf(node.source), isType: false };
    case "TSImportType":
      return { specifier: stringOf(node.source), isType: true };
    case "TSExternalModuleReference":
      return { specifier: stringOf(node.expression), isType: false };
    case "CallExpression":
      return isNode(node.callee) && node.callee.name === "require"
        ? { specifier: stringOf(Array.isArray(node.arguments) ? node.arguments[0] : null), isType: false }
        : null;
    default:
      return null;
  }
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item);
  else if (isNode(value)) {
    yield value;
    for (const field of Object.values(value)) yield* nodesOf(field);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

const stringOf = (node: unknown) => (isNode(node) && typeof node.value === "string" ? node.value : null);

function targetOf(file: string, specifier: string): string | null {
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : null;
}
