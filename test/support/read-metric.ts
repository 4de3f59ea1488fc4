/** One figure of a process's Prometheus metrics, named with its labels as it stands there. */
export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(url)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${url} was to tell ${name}, but does not`);
  return Number(line.slice(name.length + 1));
}
