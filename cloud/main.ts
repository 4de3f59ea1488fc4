/** The cloud service. Native parts and type stripping need Node 24, so nothing else is imported before that is known. */
const NODE_MAJOR_MIN = 24;

const major = Number(process.versions.node.split(".")[0]);
if (major < NODE_MAJOR_MIN) {
  console.error(
    `Node ${NODE_MAJOR_MIN} or newer was expected, this is ${process.versions.node}. After npm ci, use npm run cloud: it brings its own Node.`,
  );
  process.exit(1);
}

const { runCloud } = await import("./run.ts");
process.exitCode = await runCloud(process.argv.slice(2), process.env);
// An open message channel would keep the process alive.
if (process.connected) process.disconnect();

export {};
