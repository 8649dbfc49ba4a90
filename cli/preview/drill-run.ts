import { type Drill, type DrillPhase, type DrillReport, type DrillStep, judgeDrill } from "../../lib/preview/drill";
import { table } from "../table";
import { runLoad } from "./load";
import type { RunningPreview } from "./running-preview";

/** Carries a drill out on a preview. */
export async function runDrill(
  preview: RunningPreview,
  drill: Drill,
  say: (line: string) => void,
): Promise<DrillReport> {
  if (drill.from !== undefined) await preview.apply({ do: "from", place: drill.from });
  const { load } = drill;
  say(
    `${load.perSecond} requests a second, ${load.method} ${load.path}, for ${load.seconds} s, from ${preview.from.name}`,
  );
  const failures: unknown[] = [];
  const begin = performance.now();
  // When they were really made: a busy machine is late.
  const steps: DrillStep[] = [];
  const timers = drill.steps.map((step) =>
    setTimeout(() => {
      const atSecond = (performance.now() - begin) / 1000;
      steps.push({ ...step, atSecond });
      say(`${atSecond.toFixed(1).padStart(7)} s  ${step.line}`);
      preview.apply(step.command).catch((error: unknown) => failures.push(error));
    }, step.atSecond * 1000),
  );
  try {
    const outcomes = await runLoad(load, preview.loadTarget(load.host), begin);
    if (failures.length > 0) throw failures[0];
    return judgeDrill({ ...drill, steps }, outcomes);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** The report as lines, the verdict last. */
export function drillText({ phases, broken }: DrillReport): string {
  const row = ({
    what,
    fromSecond,
    requests,
    failed,
    refused,
    p50Ms,
    p95Ms,
    byRegion,
    recoveredSeconds,
  }: DrillPhase) => [
    what,
    `${Number(fromSecond.toFixed(1))}`,
    `${requests}`,
    `${failed}`,
    `${refused}`,
    milliseconds(p50Ms),
    milliseconds(p95Ms),
    failed === 0 ? "" : recoveredSeconds.toFixed(1),
    Object.entries(byRegion)
      .map(([region, count]) => `${region} ${count}`)
      .join(", "),
  ];
  const head = ["", "from s", "requests", "failed", "4xx", "half ms", "95% ms", "recovered s", "answered by"];
  const verdict =
    broken.length === 0 ? ["held: everything that was expected"] : broken.map((each) => `broken: ${each}`);
  return [table([head, ...phases.map(row)]), "", ...verdict].join("\n");
}

function milliseconds(value: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(0);
}
