/**
 * What a page loads before anybody clicks: its HTML, the styles and modules that the HTML names, and everything those
 * import statically. What is imported on demand does not count.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";

export type BundleSize = { readonly gzipBytes: number; readonly files: readonly string[] };

export function startBundleSize(distDir: string): BundleSize {
  const files = new Set<string>([join(distDir, "index.html")]);
  // A set is walked on while it grows.
  for (const file of files) for (const needed of neededBy(file, distDir)) files.add(needed);
  let gzipBytes = 0;
  for (const file of files) gzipBytes += gzipSync(readFileSync(file), { level: 9 }).byteLength;
  return { gzipBytes, files: [...files].map((file) => relative(distDir, file)) };
}

function neededBy(file: string, distDir: string): string[] {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".html")) return tagged(text).map((url) => join(distDir, url));
  if (file.endsWith(".js")) return imported(text).map((path) => resolve(dirname(file), path));
  return [];
}

function tagged(html: string): string[] {
  const urls = html.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+\.(?:js|css))"/g);
  return [...urls].flatMap(([, url]) => url ?? []);
}

/** `import … from "./x.js"` and `export … from "./x.js"`, but not `import("./x.js")`. */
function imported(js: string): string[] {
  const paths = js.matchAll(/(?:\bimport|\bfrom)\s*["'](\.{1,2}\/[^"']+\.js)["']/g);
  return [...paths].flatMap(([, path]) => path ?? []);
}
