/** On what a figure was measured; without it, it means nothing. */
import { arch, cpus, loadavg, release, totalmem } from "node:os";

const BYTES_PER_GIB = 1024 ** 3;

export function machineFacts() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    arch: arch(),
    // Its version; what a distributor or a host puts behind it says where it ran, and not on what.
    kernel: release().split("-")[0],
    memoryGib: Number((totalmem() / BYTES_PER_GIB).toFixed(1)),
    node: process.version,
    /** Runnable processes over the last minute: the measured ones, and whatever else ran. */
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
