import { STARTUP_SECONDS } from "../google/cloud-run";
import { api, page } from "../google/source";
import { quantity } from "../language/quantity";
import { blockOf } from "../topology/document";
import { nested, type Place } from "../topology/place";
import type { Topology } from "../topology/topology";
import { isComputed, isKnown, isUnset, numberOf, textOf, textsOf } from "../topology/value";
import { type Container, containersOf, mountsOf, probesOf, volumesOf } from "../topology/workloads";
import { type Rule, rule } from "./rule";

const run = api("Cloud Run Admin API v2");
const CONTRACT = page("run/docs/container-contract");
const HEALTH = page("run/docs/configuring/healthchecks");

function waitsFor(container: Place | undefined): string[] {
  return textsOf(container?.block.depends_on);
}

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

const containers: readonly Rule[] = [
  rule(
    "run-env-port",
    (topology) => containersOf(topology).flatMap((each) => (each.servesRequests ? nested(each, "env") : [])),
    {
      title: "PORT must not be set in the container that serves requests",
      why: "Google Cloud rejects it at apply: “The following reserved env names were provided: PORT”.",
      fix: "remove it; the port is ports.container_port",
      source: CONTRACT,
      judge({ block }, blame) {
        if (block.name === "PORT") blame("name", "PORT");
      },
    },
  ),
  rule("run-depends-on", (topology) => containersOf(topology).filter((container) => waitsFor(container).length > 0), {
    title: "a container must wait for other containers of the same instance, and not for itself",
    why: "Google Cloud rejects a name that no container has, and containers that wait for each other.",
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
  rule("run-depends-on-probe", containersOf, {
    title: "a container that others wait for must have a startup probe",
    advice: true,
    why: "Without a probe Cloud Run only keeps the order in which containers start: the others do not wait until it works. The order may be enough.",
    fix: "add startup_probe to the container that is waited for",
    source: CONTRACT,
    judge({ workload, name, block }, blame) {
      if (name !== undefined && isUnset(block, "startup_probe") && workload.containers.flatMap(waitsFor).includes(name))
        blame("startup_probe", undefined, name);
    },
  }),
];

const startups = (topology: Topology) => probesOf(topology).filter(({ kind }) => kind === "startup_probe");

const probes: readonly Rule[] = [
  rule("run-startup-budget", startups, {
    title: "a startup probe must give up within 600 seconds, with a GPU within 1800",
    why: "Cloud Run shuts a container down that takes longer, whatever failure_threshold × period_seconds says, or rejects the probe.",
    fix: "lower failure_threshold or period_seconds; load the model faster, from the image or a volume",
    source: HEALTH,
    judge({ block, workload }, blame) {
      const longest = workload.hasNoGpu ? STARTUP_SECONDS.withoutGpu : STARTUP_SECONDS.withGpu;
      const period = isUnset(block, "period_seconds") ? 10 : numberOf(block.period_seconds);
      const failures = isUnset(block, "failure_threshold") ? 3 : numberOf(block.failure_threshold);
      if (period !== undefined && failures !== undefined && period * failures > longest)
        blame("failure_threshold", block.failure_threshold, `${period} s × ${failures} > ${longest} s`);
      const delay = numberOf(block.initial_delay_seconds);
      if (delay !== undefined && delay > longest) blame("initial_delay_seconds", delay);
    },
  }),
  rule("run-startup-period-documented", startups, {
    title: "without a GPU, one period and the delay of a startup probe must be at most 240 seconds",
    advice: true,
    why: "Google's pages disagree: the health check guide allows 600 seconds, the API reference 240. What lies between may be rejected at apply.",
    fix: "probe more often: a shorter period_seconds and a higher failure_threshold give the same time in all",
    source: run("Probe.periodSeconds"),
    judge({ block, workload }, blame) {
      for (const name of workload.hasNoGpu ? ["period_seconds", "initial_delay_seconds"] : []) {
        const value = numberOf(block[name]);
        if (value !== undefined && value > 240 && value <= 600) blame(name, value);
      }
    },
  }),
  rule(
    "run-http2-port-name",
    (topology) => [
      ...new Set(
        probesOf(topology).flatMap(({ workload, block, requestPort }) =>
          workload.kind === "service" && blockOf(block.grpc) && requestPort ? requestPort : [],
        ),
      ),
    ],
    {
      title: "the port that a gRPC probe asks must speak HTTP/2",
      advice: true,
      why: "A server that answers gRPC probes on the port of its requests serves gRPC, which needs the port name h2c: over http1 streams and trailers break. The probe may have another purpose.",
      fix: 'set ports.name = "h2c"',
      source: page("run/docs/triggering/grpc"),
      judge({ block }, blame) {
        if (isUnset(block, "name") || block.name === "http1") blame("name", block.name);
      },
    },
  ),
  rule("run-probe-http1", probesOf, {
    title: "an HTTP probe of an h2c port must be answered over HTTP/1",
    advice: true,
    why: "HTTP probes speak HTTP/1 even to an h2c port. Whether the server answers that, the configuration does not say: a gRPC server does not, and then never becomes ready.",
    fix: "use grpc, or give http_get the port of an HTTP/1 endpoint",
    source: HEALTH,
    judge({ block, requestPort }, blame) {
      const get = blockOf(block.http_get);
      if (get && requestPort?.block.name === "h2c") blame("http_get", get.path ?? "/");
    },
  }),
];

const volumes: readonly Rule[] = [
  rule("run-volume-mounted", mountsOf, {
    title: "a volume mount must name a volume of the template",
    why: "Google Cloud rejects a mount of a volume that is not there at apply.",
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
    why: "Google Cloud rejects Cloud SQL at another path, and an empty path for other volumes.",
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
    why: "Its files count as memory of the container that writes them: the instance ends before the limit makes a write fail. The volume may never fill up.",
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
