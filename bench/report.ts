import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Benchmark, Figure } from "./figure";
import { alternate, median, type Run, run } from "./measure";

/**
 * The pages of prod and of 43 regions × 10 services, each by the command as a whole process, against
 * one that only reads the JSON; and how large they are.
 */
export const report: Benchmark = (runs) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const [prod, large] = ["prod", "large"].map((name) => join(folder, name, "cdk.tf.json")) as [string, string];
    for (const name of ["prod", "large"]) mkdirSync(join(folder, name));
    run("bench/programs/write-prod.ts", [prod]);
    run("bench/programs/write-stack.ts", [large]);
    return [
      ...page("page of prod", prod, runs, { time: 1000, floors: 12, size: 1000 }),
      ...page("43 regions × 10 services: page", large, runs),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
};

function page(
  what: string,
  file: string,
  runs: number,
  budget: { time?: number; floors?: number; size?: number } = {},
): Figure[] {
  const out = join(dirname(file), "report");
  const [command = [], floor = []] = alternate(
    runs,
    () => run("cli/index.ts", ["report", file, "--out", out]),
    () => run("bench/programs/read-json.ts", [file]),
  );
  const wall = (each: Run) => each.wallMs;
  const cpu = (each: Run) => each.cpuMs;
  const name = basename(dirname(file));
  return [
    {
      what,
      measured: median(command, wall),
      cpuMs: median(command, cpu),
      unit: "ms",
      budget: budget.time,
      floor: median(floor, wall),
      floorCpuMs: median(floor, cpu),
      budgetInFloors: budget.floors,
    },
    {
      what: `${what}: size`,
      measured: statSync(join(out, `${name}.html`)).size / 1000,
      unit: "kB",
      budget: budget.size,
    },
  ];
}
