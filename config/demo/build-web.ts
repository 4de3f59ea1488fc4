/** Builds the two web pages where their sources changed since the last time. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = ["cloud/web", "gateway/web"] as const;
/** What a page is made of, and by, beside its own folder. */
const SHARED = ["contracts", "package-lock.json", "config/demo/build-web.ts"];
const STAMP = ".built-from";

/** Returns how many pages were built. */
export async function buildWeb(): Promise<number> {
  let built = 0;
  for (const page of PAGES) {
    const dist = join(ROOT, page, "dist");
    const stampFile = join(dist, STAMP);
    const stamp = hashOf([page, ...SHARED]);
    if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) continue;
    // Under its name only when it is whole: another may serve the one before, or build the same.
    const draft = join(ROOT, "var", `${page.replace("/", "-")}-${process.pid}`);
    const options = ["--config", `${page}/vite.config.ts`, "--outDir", draft, "--emptyOutDir"];
    await run(["node_modules/vite/bin/vite.js", "build", page, ...options, "--logLevel", "warn"]);
    writeFileSync(join(draft, STAMP), stamp);
    rmSync(dist, { recursive: true, force: true });
    renameSync(draft, dist);
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
    const child = spawn(process.execPath, [...args], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
      // Under test, React's development build would be bundled.
      env: { ...process.env, NODE_ENV: "production" },
    });
    child.once("error", failed);
    child.once("exit", (code) =>
      code === 0 ? done() : failed(new Error(`vite ${args[2]} ended with ${code}`)),
    );
  });
}
