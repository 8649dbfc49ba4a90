import type { Benchmark } from "./figure";
import { median, type Run, run } from "./measure";

/** The exact plan of k ≤ 8 of 43 regions for 360 places: the slowest k, by objective. */
export const planner: Benchmark = (runs) => {
  const all = Array.from({ length: runs }, () => run("bench/programs/plan-regions.ts"));
  const of = (name: string) => median(all, (each: Run) => each.own[name]);
  return ["mean", "p95", "worst"].map((objective) => ({
    what: `8 of 43 regions, 360 places: ${objective}`,
    measured: of(`${objective}Ms`),
    cpuMs: of(`${objective}CpuMs`),
    unit: "ms",
    budget: 1000,
    floor: of("floorMs"),
    floorCpuMs: of("floorCpuMs"),
  }));
};
