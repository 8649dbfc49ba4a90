import type { Benchmark } from "./figure";
import { alternate, median, type Run, run, type Trick } from "./measure";

const TRICKS: readonly Trick[] = ["kept bundle", "plain traces"];

/** dev and prod from a cold process, against one that only loads cdktf and the same bindings. */
export const coldSynth: Benchmark = (runs) => {
  const [app = [], floor = [], ...without] = alternate(
    runs,
    () => run("main.ts"),
    () => run("bench/programs/load-bindings.ts"),
    ...TRICKS.map((trick) => () => run("main.ts", [], trick)),
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
    ...TRICKS.map((trick, index) => ({
      what: `the same without ${trick}`,
      measured: median(without[index]!, wall),
      cpuMs: median(without[index]!, cpu),
      unit: "ms" as const,
      floor: median(app, wall),
      floorCpuMs: median(app, cpu),
    })),
  ];
};
