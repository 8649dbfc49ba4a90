import { App } from "cdktf";
import { referencesIn } from "../../lib/language/reference";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { TerraformDocument } from "../../lib/topology/document";
import { largeJson } from "./large-api";

/**
 * The rules over 43 regions × 10 services, once, as in synth; and as the floor, only reading the
 * document and its references.
 */
const json = largeJson(new App());

const figures = (globalThis as unknown as { benchmarkFigures: Record<string, number> }).benchmarkFigures;
measure("floor", () => referencesIn(TerraformDocument.parse(json).json));
measure("rules", () => evaluate(TerraformDocument.parse(json), allRules));

function measure(name: string, work: () => unknown): void {
  const startCpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  work();
  figures[`${name}Ms`] = Number(process.hrtime.bigint() - start) / 1e6;
  const { user, system } = process.cpuUsage(startCpu);
  figures[`${name}CpuMs`] = (user + system) / 1000;
}
