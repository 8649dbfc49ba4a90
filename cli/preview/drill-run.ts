import { type Drill, type DrillPhase, type DrillReport, judgeDrill } from "../../lib/preview/drill";
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
  const timers = drill.steps.map(({ atSecond, command, line }) =>
    setTimeout(() => {
      say(`${atSecond.toFixed(1).padStart(7)} s  ${line}`);
      preview.apply(command).catch((error: unknown) => failures.push(error));
    }, atSecond * 1000),
  );
  try {
    const outcomes = await runLoad(load, preview.loadTarget(load.host));
    if (failures.length > 0) throw failures[0];
    return judgeDrill(drill, outcomes);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** The report as lines, the verdict last. */
export function drillText({ phases, broken }: DrillReport): string {
  const row = ({ what, fromSecond, sent, failed, refused, p50Ms, p95Ms, byRegion, recoveredSeconds }: DrillPhase) => [
    what,
    `${fromSecond}`,
    `${sent}`,
    `${failed}`,
    `${refused}`,
    milliseconds(p50Ms),
    milliseconds(p95Ms),
    failed === 0 ? "" : recoveredSeconds.toFixed(1),
    Object.entries(byRegion)
      .map(([region, count]) => `${region} ${count}`)
      .join(", "),
  ];
  const head = ["", "from s", "sent", "failed", "4xx", "half ms", "95% ms", "recovered s", "answered by"];
  const verdict =
    broken.length === 0 ? ["held: everything that was expected"] : broken.map((each) => `broken: ${each}`);
  return [table([head, ...phases.map(row)]), "", ...verdict].join("\n");
}

function milliseconds(value: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(0);
}
