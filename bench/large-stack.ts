import type { Benchmark } from "./figure";
import { alternate, median, type Run, run } from "./measure";

/**
 * Ten services may take twice as long as five, and a tenth for measuring; what exceeds that is not
 * linear.
 */
const LINEAR = 2.2;

/**
 * 43 regions × 10 services in one stack, without loading modules, against the same resources by the
 * bindings of cdktf alone.
 */
export const largeStack: Benchmark = (runs) => {
  const program = (...args: string[]) => run("bench/programs/large-stack.ts", args);
  const [ten = [], five = [], bareTen = [], bareFive = []] = alternate(
    runs,
    () => program("10"),
    () => program("5"),
    () => program("10", "bare"),
    () => program("5", "bare"),
  );
  const wall = (each: Run) => each.own.synthMs;
  const cpu = (each: Run) => each.own.synthCpuMs;
  return [
    {
      what: "43 regions × 10 services: synth",
      measured: median(ten, wall),
      cpuMs: median(ten, cpu),
      unit: "ms",
      floor: median(bareTen, wall),
      floorCpuMs: median(bareTen, cpu),
      budgetInFloors: 1.5,
    },
    {
      what: "10 services against 5: CPU",
      measured: median(ten, cpu) / median(five, cpu),
      unit: "×",
      budget: LINEAR,
      floor: median(bareTen, cpu) / median(bareFive, cpu),
    },
  ];
};
