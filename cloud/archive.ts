/** Archives by hand. Native parts and type stripping need Node 24, so nothing else is imported before that is known. */
const NODE_MAJOR_MIN = 24;

const major = Number(process.versions.node.split(".")[0]);
if (major < NODE_MAJOR_MIN) {
  console.error(
    `Node ${NODE_MAJOR_MIN} or newer was expected, this is ${process.versions.node}. After npm ci, use npm run archive: it brings its own Node.`,
  );
  process.exit(1);
}

const { runArchiveCommand } = await import("./retention/command/run-command.ts");
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
process.exitCode = await runArchiveCommand(process.argv.slice(2), {
  // Set to nothing, as compose files do, means not set.
  databaseUrl: process.env.DATABASE_URL || undefined,
  environment: process.env,
  signal: stop.signal,
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});

export {};
