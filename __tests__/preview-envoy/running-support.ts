import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { RunningPreview } from "../../cli/preview/running-preview";
import { ContainerImage, Failover, GlobalAiApi, type GlobalAiApiProps, Probe, Tls } from "../../lib";
import { clientPlace } from "../../lib/preview/client-place";
import { readPreview } from "../../lib/preview/plan";
import { Topology } from "../../lib/topology/topology";
import { synth, testStack } from "../support";

export const HOST = "api.example.com";
export const TWO = ["europe-west1", "us-central1"];
export const THREE = [...TWO, "asia-southeast1"];

/** What an API of these props will be. */
export function topologyOf(props: Partial<GlobalAiApiProps> = {}): Topology {
  const stack = testStack();
  new GlobalAiApi(stack, "api", {
    image: ContainerImage.fromReference(`europe-docker.pkg.dev/my-project/models/chat@sha256:${"0".repeat(64)}`),
    regions: TWO,
    tls: Tls.managed([HOST]),
    ...props,
  });
  return new Topology(synth(stack));
}

/** Regions report their health: every so many seconds a probe. */
export function withServiceHealth(regions: readonly string[], periodSeconds = 1): Partial<GlobalAiApiProps> {
  const readinessProbe = Probe.http("/ready", { periodSeconds, timeoutSeconds: 1, failureThreshold: 2 });
  return { regions: [...regions], minInstances: 1, readinessProbe, failover: Failover.serviceHealth() };
}

export async function start(
  props: Partial<GlobalAiApiProps> = {},
  { from = "frankfurt", serve = {} }: { readonly from?: string; readonly serve?: Record<string, string> } = {},
): Promise<RunningPreview> {
  const topology = topologyOf(props);
  return await RunningPreview.start(topology, readPreview(topology), {
    from: clientPlace(from),
    serve: new Map(Object.entries(serve)),
    docker: false,
    say: () => {},
  });
}

/** Port and certificate of a front end. */
export function entrance(preview: RunningPreview, protocol: "http" | "https" = "https") {
  const frontend = preview.plan.frontends.find((each) => each.protocol === protocol)!;
  return {
    port: preview.portOf(frontend),
    ca: preview.certificate ? readFileSync(preview.certificate.certificateFile, "utf8") : "",
  };
}

export async function until(holds: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  for (const begin = Date.now(); !(await holds()); await sleep(20)) {
    if (Date.now() - begin > seconds * 1000) throw new Error(`not within ${seconds} s`);
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Figures are for people who read the log. */
export function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
