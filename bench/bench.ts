import { cpus, loadavg } from "node:os";
import { check } from "./check";
import { coldSynth } from "./cold-synth";
import type { Benchmark, Figure } from "./figure";
import { largeStack } from "./large-stack";
import { planner } from "./planner";
import { preview } from "./preview";
import { report } from "./report";
import { rules } from "./rules";

/** `npm run bench`: the budgets of the design, each beside a floor measured in the same minutes. */
const RUNS = 5;
/** For noise: so much more than the budget before the benchmark fails. */
const ALLOWANCE = 1.5;
const benchmarks: readonly Benchmark[] = [coldSynth, largeStack, rules, check, report, preview, planner];

console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]!.toFixed(1)}; median of ${RUNS} runs\n`,
);
console.log(row("", "measured", "CPU", "floor", "ratio", "budget"));
const figures = benchmarks.flatMap((benchmark) =>
  benchmark(RUNS).map((figure) => {
    console.log(
      row(
        figure.what,
        show(figure, figure.measured),
        show(figure, figure.cpuMs),
        show(figure, figure.floor),
        figure.floor === undefined ? "" : ratio(figure).toFixed(2),
        figure.budget === undefined && figure.budgetInFloors
          ? `${figure.budgetInFloors} × floor`
          : show(figure, figure.budget),
      ),
    );
    return figure;
  }),
);

const over = figures.filter((figure) => {
  const { measured, budget = 0, budgetInFloors = 0 } = figure;
  if (budget === 0 && budgetInFloors === 0) return false;
  // What is over its budget where even the floor takes long is not at fault.
  return measured > budget * ALLOWANCE && !(ratio(figure) <= budgetInFloors * (budget === 0 ? ALLOWANCE : 1));
});
for (const figure of over) {
  const floors = figure.budgetInFloors === undefined ? "" : `, or ${figure.budgetInFloors} times the floor`;
  console.error(
    `\nover budget: ${figure.what} is ${show(figure, figure.measured)}, ${ratio(figure).toFixed(2)} times the floor; ` +
      `allowed are ${figure.budget === undefined ? "" : `${show(figure, figure.budget)} × ${ALLOWANCE}`}${floors}`,
  );
}
process.exitCode = over.length > 0 ? 1 : 0;

function row(what: string, ...cells: string[]): string {
  return [what.padEnd(36), ...cells.map((cell) => cell.padStart(10))].join(" ");
}

/**
 * To the floor; of processor times where there are any, since they hold on a busy machine. NaN
 * without floor.
 */
function ratio({ measured, cpuMs, floor, floorCpuMs }: Figure): number {
  return cpuMs !== undefined && floorCpuMs !== undefined ? cpuMs / floorCpuMs : measured / (floor ?? Number.NaN);
}

function show({ unit }: Figure, value: number | undefined): string {
  if (value === undefined) return "";
  return `${value.toFixed(unit === "×" ? 2 : 0)} ${unit}`;
}
