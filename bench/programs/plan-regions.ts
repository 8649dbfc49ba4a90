import { Demand } from "../../lib/planning/demand";
import { PlanObjective, RegionPlan } from "../../lib/planning/region-plan";

/**
 * The slowest exact plan of 1 to 8 of 43 regions for 360 places, by each objective; and as the
 * floor, only the model's round trips.
 */
const figures = (globalThis as unknown as { benchmarkFigures: Record<string, number> }).benchmarkFigures;
const demand = Demand.internetUsers();
const every = [1, 2, 3, 4, 5, 6, 7, 8];

measure("floor", [1], () => RegionPlan.of(["us-central1"], { count: 1, demand }));
for (const objective of Object.values(PlanObjective)) {
  measure(objective, every, (count) => RegionPlan.optimal({ count, demand, objective }));
}

/** The longest of some runs. */
function measure(name: string, counts: readonly number[], work: (count: number) => unknown): void {
  for (const count of counts) {
    const startCpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    work(count);
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    const { user, system } = process.cpuUsage(startCpu);
    figures[`${name}Ms`] = Math.max(figures[`${name}Ms`] ?? 0, ms);
    figures[`${name}CpuMs`] = Math.max(figures[`${name}CpuMs`] ?? 0, (user + system) / 1000);
  }
}
