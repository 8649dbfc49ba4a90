import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");

/** What one process took. */
export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMB: number;
  /** What the program itself measured, by name. */
  readonly own: Readonly<Record<string, number>>;
}

/** What cdktf.json starts the app with, without the app: `node scripts/run.cjs`. */
const [, ...launcher] = (JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as { app: string }).app
  .split(" ")
  .slice(0, -1);

/** What the launcher does to be faster; the benchmark can leave each of them out. */
export type Trick = "kept bundle" | "plain traces";

const KEPT_BUNDLES = join(root, "node_modules/.cache/cdktf-global-ai-api");

/** Runs a program in a process of its own, as the app is run, with an output folder of its own. */
export function run(program: string, args: readonly string[] = [], without: Trick | "" = ""): Run {
  if (without === "kept bundle") rmSync(KEPT_BUNDLES, { recursive: true, force: true });
  const outdir = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const flags = ["report-usage", ...(without === "plain traces" ? ["keep-traces"] : [])].flatMap((name) => [
      "--require",
      join(root, `bench/programs/${name}.cjs`),
    ]);
    const start = process.hrtime.bigint();
    const { status, stderr, output } = spawnSync(
      process.execPath,
      [...flags, ...launcher, join(root, program), ...args],
      {
        cwd: root,
        env: { ...process.env, CDKTF_OUTDIR: outdir },
        stdio: ["ignore", "ignore", "pipe", "pipe"],
        encoding: "utf8",
      },
    );
    const wallMs = Number(process.hrtime.bigint() - start) / 1e6;
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
    const { cpuMs, peakKB, ...own } = JSON.parse(output[3]!) as Usage;
    return { wallMs, cpuMs, peakMB: peakKB / 1024, own };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What programs/report-usage.cjs reports. */
type Usage = Record<string, number> & { readonly cpuMs: number; readonly peakKB: number };

/**
 * Runs programs in turn, round after round, so that a slow moment of the machine hits all of them;
 * the first round only warms caches.
 */
export function alternate(rounds: number, ...programs: (() => Run)[]): Run[][] {
  const runs: Run[][] = programs.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    programs.forEach((program, index) => {
      const result = program();
      if (round > 0) runs[index]!.push(result);
    });
  }
  return runs;
}

/** The median over runs of one of their figures. */
export function median(runs: readonly Run[], figure: (run: Run) => number | undefined): number {
  const sorted = runs.map((each) => figure(each) ?? Number.NaN).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
