/** Ends the process with a reason where its Node is too old. Imports nothing, so that it can run before all else. */
export function requireNode(majorMin: number): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= majorMin) return;
  process.stderr.write(
    `Hospitell needs Node ${majorMin} or later, this is ${process.versions.node}. ` +
      "Start it with npm (npm start, npm run gateway): npm ci brought a Node of its own.\n",
  );
  process.exit(1);
}
