/** What Linux tells of a running process. */
import { readFileSync } from "node:fs";

/** USER_HZ: the kernel counts in these whatever its own timer is. */
const TICKS_PER_SECOND = 100;
/** Of /proc/PID/stat, counted behind the name, which may hold spaces. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** All its threads together, since it began. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
}

export const rssMibOf = (pid: number) => statusMib(pid, "VmRSS");
/** The most that it ever was. */
export const rssPeakMibOf = (pid: number) => statusMib(pid, "VmHWM");

function statusMib(pid: number, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(
    readFileSync(`/proc/${pid}/status`, "latin1"),
  )?.[1];
  return Number((Number(kib) / 1_024).toFixed(1));
}
