import type { Benchmark } from "./figure";
import { median, type Run, run } from "./measure";

/**
 * All rules over 43 regions × 10 services, the first time in a process, against only reading the
 * document.
 */
export const rules: Benchmark = (runs) => {
  const all = Array.from({ length: runs }, () => run("bench/programs/judge-stack.ts"));
  const of = (name: string) => median(all, (each: Run) => each.own[name]);
  return [
    {
      what: "43 regions × 10 services: rules",
      measured: of("rulesMs"),
      cpuMs: of("rulesCpuMs"),
      unit: "ms",
      budget: 100,
      floor: of("floorMs"),
      floorCpuMs: of("floorCpuMs"),
      budgetInFloors: 6.5,
    },
  ];
};
