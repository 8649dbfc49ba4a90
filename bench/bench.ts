import { cpus, loadavg } from "node:os";
import { coldSynth } from "./cold-synth";
import type { Benchmark, Figure } from "./figure";
import { largeStack } from "./large-stack";

/** `npm run bench`: the budgets of the design, each beside a floor measured in the same minutes. */
const RUNS = 7;
/** Processors differ: so much more than the budget before the benchmark fails. */
const ALLOWANCE = 1.5;
const benchmarks: readonly Benchmark[] = [coldSynth, largeStack];

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
        ratio(figure),
        show(figure, figure.budget),
      ),
    );
    return figure;
  }),
);

// Where other processes keep the processors busy, the processor time tells how long it would take alone.
const alone = ({ measured, cpuMs = measured }: Figure) => Math.min(measured, cpuMs);
const over = figures.filter((figure) => figure.budget !== undefined && alone(figure) > figure.budget * ALLOWANCE);
for (const figure of over) {
  console.error(
    `\nover budget: ${figure.what} is ${show(figure, alone(figure))}, allowed are ${show(figure, figure.budget)} × ${ALLOWANCE}`,
  );
}
process.exitCode = over.length > 0 ? 1 : 0;

function row(what: string, ...cells: string[]): string {
  return [what.padEnd(36), ...cells.map((cell) => cell.padStart(10))].join(" ");
}

/** Of processor times where there are any: they hold on a busy machine. */
function ratio({ measured, cpuMs, floor, floorCpuMs }: Figure): string {
  if (cpuMs !== undefined && floorCpuMs !== undefined) return (cpuMs / floorCpuMs).toFixed(2);
  return floor === undefined ? "" : (measured / floor).toFixed(2);
}

function show({ unit }: Figure, value: number | undefined): string {
  if (value === undefined) return "";
  return `${value.toFixed(unit === "×" ? 2 : 0)} ${unit}`;
}
