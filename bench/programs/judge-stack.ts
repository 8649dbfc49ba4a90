import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { App, TerraformStack } from "cdktf";
import { ContainerImage, GlobalAiApi, Probe, Tls } from "../../lib";
import { REGIONS } from "../../lib/google/regions";
import { referencesIn } from "../../lib/language/reference";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { TerraformDocument } from "../../lib/topology/document";

/**
 * The rules over 43 regions × 10 services, once, as in synth; and as the floor, only reading the
 * document and its references.
 */
const stack = new TerraformStack(new App(), "large");
new GoogleProvider(stack, "Google", { project: "large-project" });
const image = ContainerImage.fromReference(`docker.io/acme/model@sha256:${"0".repeat(64)}`);
const common = { image, minInstances: 1, env: { MODEL: "gemma" }, readinessProbe: Probe.http("/ready") };
const api = new GlobalAiApi(stack, "api", {
  ...common,
  regions: REGIONS.map(({ name }) => name),
  tls: Tls.managed(["api.example.com"]),
});
for (let index = 1; index < 10; index++) api.addService(`Model${index}`, { ...common, paths: [`/v${index}/*`] });
const json = JSON.parse(JSON.stringify(stack.toTerraform()));

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
