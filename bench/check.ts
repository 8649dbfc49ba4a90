import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark } from "./figure";
import { alternate, median, type Run, run } from "./measure";

/** `check` of 43 regions × 10 services as a whole process, against one that only reads the JSON. */
export const check: Benchmark = (runs) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const file = join(folder, "cdk.tf.json");
    run("bench/programs/write-stack.ts", [file]);
    const [command = [], floor = []] = alternate(
      runs,
      () => run("cli/index.ts", ["check", file]),
      () => run("bench/programs/read-json.ts", [file]),
    );
    const wall = (each: Run) => each.wallMs;
    const cpu = (each: Run) => each.cpuMs;
    return [
      {
        what: "43 regions × 10 services: check",
        measured: median(command, wall),
        cpuMs: median(command, cpu),
        unit: "ms",
        budget: 800,
        floor: median(floor, wall),
        floorCpuMs: median(floor, cpu),
        budgetInFloors: 12,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
