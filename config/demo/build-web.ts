/** Builds the two web pages where their sources changed since the last time. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = ["cloud/web", "gateway/web"] as const;
/** What a page is made of, beside its own folder. */
const SHARED = ["contracts", "package-lock.json"];

/** Returns how many pages were built. */
export async function buildWeb(): Promise<number> {
  let built = 0;
  for (const page of PAGES) {
    const dist = join(ROOT, page, "dist");
    const stampFile = join(dist, ".built-from");
    const stamp = hashOf([page, ...SHARED]);
    if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) continue;
    await run([
      "node_modules/vite/bin/vite.js",
      "build",
      page,
      "--config",
      `${page}/vite.config.ts`,
      "--logLevel",
      "warn",
    ]);
    writeFileSync(stampFile, stamp);
    built += 1;
  }
  return built;
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of filesIn(join(ROOT, path))) hash.update(file).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => name !== "dist")
    .toSorted()
    .flatMap((name) => filesIn(join(path, name)));
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [...args], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", failed);
    child.once("exit", (code) =>
      code === 0 ? done() : failed(new Error(`vite ${args[2]} ended with ${code}`)),
    );
  });
}
