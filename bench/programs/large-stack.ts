import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { App, TerraformResource, TerraformStack } from "cdktf";
import { ContainerImage, GlobalAiApi, Probe, Tls } from "../../lib";
import { REGIONS } from "../../lib/google/regions";

/** `large-stack.ts SERVICES [bare]`: services in all regions, by this library, or `bare`: the same resources by cdktf alone. */
const [, , services = "10", bare] = process.argv;
const regions = REGIONS.map(({ name }) => name);
const image = ContainerImage.fromReference(`docker.io/acme/model@sha256:${"0".repeat(64)}`);

type Sections = Record<string, Record<string, Record<string, unknown>>>;

function withLibrary(app: App): TerraformStack {
  const stack = new TerraformStack(app, "large");
  new GoogleProvider(stack, "Google", { project: "large-project" });
  const common = {
    image,
    minInstances: 1,
    env: { MODEL: "gemma", LOG_LEVEL: "info" },
    readinessProbe: Probe.http("/healthz"),
  };
  const api = new GlobalAiApi(stack, "api", { ...common, regions, tls: Tls.managed(["api.example.com"]) });
  for (let index = 1; index < Number(services); index++) {
    api.addService(`Model${index}`, { ...common, paths: [`/v${index}/*`] });
  }
  return stack;
}

function withoutLibrary(app: App, sections: Sections): void {
  const stack = new TerraformStack(app, "large");
  new GoogleProvider(stack, "Google", { project: "large-project" });
  for (const [terraformResourceType, resources] of Object.entries(sections)) {
    for (const [id, { "//": _comment, ...attributes }] of Object.entries(resources)) {
      const resource = new TerraformResource(stack, id, { terraformResourceType });
      for (const [name, value] of Object.entries(attributes)) resource.addOverride(name, value);
    }
  }
}

/** What to build with cdktf alone, found out before the clock starts. */
const sections = bare ? (withLibrary(new App()).toTerraform().resource as Sections) : undefined;

const start = process.hrtime.bigint();
const startCpu = process.cpuUsage();
const app = new App();
if (sections) withoutLibrary(app, sections);
else withLibrary(app);
app.synth();
const figures = globalThis as unknown as { benchmarkFigures: Record<string, number> };
const { user, system } = process.cpuUsage(startCpu);
figures.benchmarkFigures.synthMs = Number(process.hrtime.bigint() - start) / 1e6;
figures.benchmarkFigures.synthCpuMs = (user + system) / 1000;
