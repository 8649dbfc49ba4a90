import type { Benchmark } from "./figure";
import { alternate, median, type Run, run } from "./measure";

/** dev and prod from a cold process, against one that only loads cdktf and the same bindings. */
export const coldSynth: Benchmark = (runs) => {
  const [app = [], floor = []] = alternate(
    runs,
    () => run("main.ts"),
    () => run("bench/programs/load-bindings.ts"),
  );
  const wall = (each: Run) => each.wallMs;
  const cpu = (each: Run) => each.cpuMs;
  const peak = (each: Run) => each.peakMB;
  return [
    {
      what: "synth of dev + prod, cold: time",
      measured: median(app, wall),
      cpuMs: median(app, cpu),
      unit: "ms",
      budget: 800,
      floor: median(floor, wall),
      floorCpuMs: median(floor, cpu),
      budgetInFloors: 1.7,
    },
    {
      what: "synth of dev + prod, cold: memory",
      measured: median(app, peak),
      unit: "MB",
      budget: 160,
      floor: median(floor, peak),
    },
  ];
};
