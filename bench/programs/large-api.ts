import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { type App, TerraformStack } from "cdktf";
import { ContainerImage, GlobalAiApi, Probe, Tls } from "../../lib";
import { REGIONS } from "../../lib/google/regions";

/** A stack with so many services in all regions. */
export function largeApi(app: App, services: number): TerraformStack {
  const stack = new TerraformStack(app, "large");
  new GoogleProvider(stack, "Google", { project: "large-project" });
  const common = {
    image: ContainerImage.fromReference(`docker.io/acme/model@sha256:${"0".repeat(64)}`),
    minInstances: 1,
    env: { MODEL: "gemma", LOG_LEVEL: "info" },
    readinessProbe: Probe.http("/healthz"),
  };
  const regions = REGIONS.map(({ name }) => name);
  // The rules are measured by themselves.
  const own = { regions, tls: Tls.managed(["api.example.com"]), rules: false };
  const api = new GlobalAiApi(stack, "api", { ...common, ...own });
  for (let index = 1; index < services; index++) {
    api.addService(`Model${index}`, { ...common, paths: [`/v${index}/*`] });
  }
  return stack;
}

/** Its JSON with ten services. */
export function largeJson(app: App): unknown {
  return JSON.parse(JSON.stringify(largeApi(app, 10).toTerraform()));
}
