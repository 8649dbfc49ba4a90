import { MODEL_LOADING, STARTUP_SECONDS } from "../google/cloud-run";
import { api, page, quoted } from "../google/source";
import { quantity } from "../language/quantity";
import { type Block, blockOf, blocksOf } from "../topology/document";
import { nested, type Place } from "../topology/place";
import type { Topology } from "../topology/topology";
import { isComputed, isKnown, isSet, isUnset, numberOf, textOf, textsOf } from "../topology/value";
import { type Container, containersOf, mountsOf, probesOf, volumesOf } from "../topology/workloads";
import { type Rule, rule } from "./rule";

const run = api("Cloud Run Admin API v2");
const CONTRACT = page("run/docs/container-contract");
const HEALTH = page("run/docs/configuring/healthchecks");

const waitsFor = (container: Pick<Place, "block"> | undefined) => textsOf(container?.block.depends_on);

/** Whether a container waits for itself, through others. */
function waitsForItself(name: string, byName: ReadonlyMap<string | undefined, Container>): boolean {
  const seen = new Set<string>();
  const open = [...waitsFor(byName.get(name))];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (!seen.has(next)) open.push(...waitsFor(byName.get(next)));
    seen.add(next);
  }
  return false;
}

/** Containers without a startup probe that others wait for. */
const awaited = (topology: Topology) =>
  containersOf(topology).filter(
    ({ workload, name, block }) =>
      name !== undefined && isUnset(block, "startup_probe") && workload.containers.flatMap(waitsFor).includes(name),
  );

const containers: readonly Rule[] = [
  rule("run-env-port", containersOf, {
    title: "PORT must not be set in the container that serves requests",
    fix: "remove it; the port is ports.container_port",
    source: CONTRACT,
    judge({ servesRequests, block }, blame) {
      const index = blocksOf(block.env).findIndex(({ name }) => name === "PORT");
      if (servesRequests && index >= 0) blame(`env.${index}.name`, "PORT");
    },
  }),
  rule("run-depends-on", (topology) => containersOf(topology).filter((container) => waitsFor(container).length > 0), {
    title: "a container must wait for other containers of the same instance, and not for itself",
    fix: "name a container of this template that does not wait for this one",
    source: run("Container.dependsOn"),
    judge({ workload: { containers, containersKnown }, name, ...container }, blame) {
      const byName = new Map(containers.map((each) => [each.name, each]));
      const allKnown = containersKnown && containers.every(({ block }) => isKnown(block.name));
      const missing = allKnown && waitsFor(container).find((each) => !byName.has(each));
      if (missing) blame("depends_on", missing, "no such container");
      else if (name !== undefined && byName.get(name)?.at === container.at && waitsForItself(name, byName))
        blame("depends_on", container.block.depends_on, "a cycle");
    },
  }),
  rule("run-depends-on-probe", awaited, {
    title: "a container of a service that others wait for must have a startup probe",
    fix: "add startup_probe to the container that is waited for",
    source: quoted(
      "Dependent container 'hello-2' must have startup probe specified",
      "provider-google #17238, cloud-run-samples #230",
    ),
    judge({ workload, name, block }, blame) {
      // Cloud Run gives the container that serves requests a probe of its own.
      const isServing = isSet(block.ports) || isComputed(block, "ports");
      if (workload.kind === "service" && !isServing) blame("startup_probe", undefined, name);
    },
  }),
  rule("run-depends-on-order", awaited, {
    title: "a container of a job or worker pool that others wait for must have a startup probe",
    advice: true,
    why: "Without a probe the others wait until it has started, not until it works. The API refuses it in services.",
    fix: "add startup_probe to the container that is waited for",
    source: CONTRACT,
    judge: ({ workload, name }, blame) => workload.kind !== "service" && blame("startup_probe", undefined, name),
  }),
];

const startups = (topology: Topology) => probesOf(topology).filter(({ kind }) => kind === "startup_probe");

function timing(block: Block): { period?: number; failures?: number } {
  return {
    period: isUnset(block, "period_seconds") ? 10 : numberOf(block.period_seconds),
    failures: isUnset(block, "failure_threshold") ? 3 : numberOf(block.failure_threshold),
  };
}

/** Seconds that a startup probe allows, where they are known. */
function startupSeconds(block: Block): number | undefined {
  const { period, failures } = timing(block);
  const delay = isUnset(block, "initial_delay_seconds") ? 0 : numberOf(block.initial_delay_seconds);
  return period === undefined || failures === undefined || delay === undefined ? undefined : delay + period * failures;
}

/** Startup probes of containers of services with a GPU that mount a bucket. */
function loadingStartups(topology: Topology) {
  return startups(topology).filter(({ at, workload: { kind, hasGpu, volumes, containers } }) => {
    if (kind !== "service" || !hasGpu) return false;
    const buckets = new Set(volumes.filter(({ block }) => isSet(block.gcs)).map(({ block }) => block.name));
    const container = containers.find((each) => at.startsWith(`${each.at}.`));
    return container !== undefined && nested(container, "volume_mounts").some(({ block }) => buckets.has(block.name));
  });
}

const probes: readonly Rule[] = [
  rule("run-startup-budget", startups, {
    title: "a startup probe must give up within 600 seconds, with a GPU within 1800",
    why: "Cloud Run shuts a container down that takes longer, or rejects the probe.",
    fix: "lower failure_threshold or period_seconds; load the model faster, from the image or a volume",
    source: HEALTH,
    judge({ block, workload }, blame) {
      const longest = workload.hasNoGpu ? STARTUP_SECONDS.withoutGpu : STARTUP_SECONDS.withGpu;
      const { period, failures } = timing(block);
      if (period !== undefined && failures !== undefined && period * failures > longest)
        blame("failure_threshold", block.failure_threshold, `${period} s × ${failures} > ${longest} s`);
      const delay = numberOf(block.initial_delay_seconds) ?? 0;
      if (delay > longest) blame("initial_delay_seconds", delay);
    },
  }),
  rule("run-startup-weights", loadingStartups, {
    title: "a container with a GPU that mounts a bucket should have at least 240 seconds to start",
    advice: true,
    why: `It usually loads a model then, at about ${MODEL_LOADING.mibPerSecond} MiB per second. An instance that takes longer is shut down and started again, for ever.`,
    fix: "raise failure_threshold: Cloud Run's own default is 240 seconds, its limit with a GPU 1800",
    source: page("run/docs/configuring/services/gpu-best-practices", "2026-11-28"),
    judge({ block }, blame) {
      const seconds = startupSeconds(block);
      if (seconds !== undefined && seconds < 240) {
        const gib = Math.round((seconds * MODEL_LOADING.mibPerSecond) / 1024);
        blame("failure_threshold", block.failure_threshold, `${seconds} s, in which about ${gib} GiB are read`);
      }
    },
  }),
  rule("run-startup-period-documented", startups, {
    title: "without a GPU, one period and the delay of a startup probe must be at most 240 seconds",
    advice: true,
    why: "Google's pages disagree: the guide allows 600 seconds, the API reference 240.",
    fix: "lower period_seconds and raise failure_threshold: the time in all is the same",
    source: run("Probe.periodSeconds"),
    judge({ block, workload }, blame) {
      for (const name of workload.hasNoGpu ? ["period_seconds", "initial_delay_seconds"] : []) {
        const value = numberOf(block[name]) ?? 0;
        if (value > 240 && value <= 600) blame(name, value);
      }
    },
  }),
  rule("run-probe-protocol", probesOf, {
    title: "a gRPC probe must ask an h2c port, an HTTP probe a port of HTTP/1",
    advice: true,
    why: "gRPC needs HTTP/2, which only h2c lets through; HTTP probes speak HTTP/1 even to h2c, which a gRPC server does not.",
    fix: 'set ports.name = "h2c" and probe by grpc, or give the probe a port of its protocol',
    source: page("run/docs/triggering/grpc"),
    judge({ workload, block, requestPort }, blame) {
      const name = requestPort && (requestPort.block.name || "http1");
      if (workload.kind === "service" && blockOf(block.grpc) && name === "http1") blame("grpc", name);
      if (blockOf(block.http_get) && name === "h2c") blame("http_get", name);
    },
  }),
];

const volumes: readonly Rule[] = [
  rule("run-volume-mounted", mountsOf, {
    title: "a volume mount must name a volume of the template",
    fix: "add the volume, or correct the name",
    source: run("VolumeMount.name"),
    judge({ workload: { volumes, volumesKnown }, block }, blame) {
      const name = textOf(block.name);
      if (name === undefined || !volumesKnown) return;
      if (volumes.every((volume) => isKnown(volume.block.name) && volume.block.name !== name)) blame("name", name);
    },
  }),
  rule("run-volume-unused", volumesOf, {
    title: "a volume must be mounted in a container",
    advice: true,
    why: "Its files are nowhere, although the workload deploys.",
    fix: "add volume_mounts to the container that reads it, or remove the volume",
    source: run("VolumeMount.name"),
    judge({ workload: { containers, containersKnown }, block }, blame) {
      const name = textOf(block.name);
      if (name === undefined || !containersKnown) return;
      if (containers.some((container) => isComputed(container.block, "volume_mounts"))) return;
      const mounts = containers.flatMap((container) => nested(container, "volume_mounts"));
      if (mounts.every((mount) => isKnown(mount.block.name) && mount.block.name !== name)) blame("name", name);
    },
  }),
  rule("run-volume-sql-path", mountsOf, {
    title: "Cloud SQL must be mounted at /cloudsql, and everything else at a path",
    fix: "mount the Cloud SQL volume at /cloudsql",
    source: run("VolumeMount.mountPath"),
    judge({ workload, block }, blame) {
      const path = textOf(block.mount_path);
      const volume = workload.volumes.find((each) => each.block.name === block.name);
      if (path === undefined || !volume) return;
      const isSql = blockOf(volume.block.cloud_sql_instance) !== undefined;
      if (isSql ? path !== "" && path !== "/cloudsql" : path === "") blame("mount_path", path);
    },
  }),
  rule("run-volume-memory", volumesOf, {
    title: "the size limit of an in-memory volume must fit in the memory of the instance",
    advice: true,
    why: "Its files count as memory of the container: the instance ends before a write fails.",
    fix: "set size_limit below the memory that the model server leaves free",
    source: page("run/docs/configuring/workerpools/in-memory-volume-mounts"),
    judge({ workload, block }, blame) {
      const dir = blockOf(block.empty_dir);
      const memory = workload.containers.reduce((sum, each) => sum + (each.memory ?? Number.NaN), 0);
      if (dir?.medium !== "DISK" && (quantity(dir?.size_limit) ?? 0) > memory)
        blame("empty_dir.size_limit", dir?.size_limit);
    },
  }),
];

/** Containers of Cloud Run: their order, probes and volumes. */
export const cloudRunContainerRules: readonly Rule[] = [...containers, ...probes, ...volumes];
