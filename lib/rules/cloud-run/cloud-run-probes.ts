import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, numberOf, textOf } from "../../topology/value";
import { integer, limitIn, matching, set } from "../limit";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";
import { type containerLimit, isAbsent, nested, servicesOf, type Workload, workloadsOf } from "./cloud-run-workload";

const PAGE = "docs.cloud.google.com/run/docs/configuring/healthchecks, read 2026-11-22";
const KINDS = ["startup_probe", "liveness_probe", "readiness_probe"] as const;
type ProbeKind = (typeof KINDS)[number];
const HANDLERS = ["http_get", "tcp_socket", "grpc"];
/** Seconds that a startup probe has in all. */
const STARTUP = { withGpu: 1800, withoutGpu: 600 };
const LONGEST_PERIOD = { startup_probe: STARTUP.withGpu, liveness_probe: 3600, readiness_probe: 300 };

interface Probe extends Place {
  readonly kind: ProbeKind;
  readonly workload: Workload;
  readonly container: Place;
}

const CACHE = new WeakMap<Topology, Map<string, readonly Probe[]>>();

/** The probes of these kinds, in all containers. */
function probesOf(topology: Topology, ...kinds: readonly ProbeKind[]): readonly Probe[] {
  let known = CACHE.get(topology);
  if (!known) {
    known = new Map();
    CACHE.set(topology, known);
  }
  const key = kinds.join();
  let probes = known.get(key);
  if (!probes) {
    probes = kinds.length === 1 ? readProbes(topology, kinds[0]!) : kinds.flatMap((kind) => probesOf(topology, kind));
    known.set(key, probes);
  }
  return probes;
}

function readProbes(topology: Topology, kind: ProbeKind): Probe[] {
  return workloadsOf(topology).flatMap((workload) =>
    workload.containers.flatMap((container) =>
      nested(container, kind).map(({ resource, at, block }) => ({ resource, at, block, kind, workload, container })),
    ),
  );
}

/** A rule on one attribute of every probe of these kinds. */
function probeLimit(id: string, kinds: readonly ProbeKind[], ...[attribute, allowed, fix, options]: ProbeRow): Rule {
  const what = `Cloud Run ${kinds.map((kind) => kind.replace("_probe", "")).join(", ")} probe`;
  return limitIn(id, what, (topology) => probesOf(topology, ...kinds), attribute, allowed, fix, PAGE, options);
}

type ProbeRow = readonly [
  attribute: string,
  allowed: Parameters<typeof containerLimit>[2],
  fix: string,
  options?: Parameters<typeof containerLimit>[5],
];

const probeLimits: readonly Rule[] = [
  ...KINDS.map((kind) =>
    probeLimit(`run-${kind.replace("_", "-")}-period`, [kind], ...periodRow(LONGEST_PERIOD[kind])),
  ),
  probeLimit(
    "run-probe-delay",
    ["startup_probe", "liveness_probe"],
    "initial_delay_seconds",
    integer(0, 3600),
    "give the delay in seconds",
  ),
  probeLimit("run-probe-timeout", KINDS, "timeout_seconds", integer(1, 3600), "give a whole number of seconds"),
  probeLimit("run-probe-failures", KINDS, "failure_threshold", integer(1), "give at least 1"),
  probeLimit("run-probe-successes", ["readiness_probe"], "success_threshold", integer(1), "give at least 1"),
  ...HANDLERS.map((handler) =>
    probeLimit(
      `run-probe-${handler.replace("_", "-")}-port`,
      KINDS,
      `${handler}.port`,
      integer(1, 65535),
      "give the TCP port that answers the probe, or leave it out for the port of the container",
    ),
  ),
  probeLimit(
    "run-probe-path",
    KINDS,
    "http_get.path",
    matching(/^\/[^\s#]*$/, "a path that starts with /"),
    "write the path with a leading slash and without the host",
  ),
  probeLimit("run-probe-header", ["startup_probe", "liveness_probe"], "http_get.http_headers.name", set(), "name it"),
  probeLimit(
    "run-probe-header-name",
    KINDS,
    "http_get.http_headers.name",
    matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of an HTTP header"),
    "write the name without a colon and without spaces",
  ),
];

function periodRow(max: number): ProbeRow {
  return ["period_seconds", integer(1, max), `probe at least every ${max} seconds`];
}

const probeRelations: readonly Rule[] = [
  {
    id: "run-probe-handler",
    title: "a probe asks in exactly one way: http_get, grpc or tcp_socket",
    severity: "error",
    why: "Google Cloud rejects a probe with none of them or with two at apply.",
    fix: "keep one of http_get, grpc and tcp_socket",
    source: "Cloud Run Admin API v2, Probe.httpGet, read 2026-11-22",
    check(topology, report) {
      for (const { block, at, resource } of probesOf(topology, ...KINDS)) {
        if (HANDLERS.some((handler) => isComputed(block, handler))) continue;
        const given = HANDLERS.filter((handler) => block[handler] !== undefined);
        if (given.length !== 1) report(resource, at, given);
      }
    },
  },
  {
    id: "run-probe-tcp",
    title: "only a startup probe opens a TCP socket",
    severity: "error",
    why: "Cloud Run rejects it at apply (“does not support TCP socket in liveness probe”), although the provider has the block; an open port would say nothing about the model either.",
    fix: "use http_get or grpc",
    source: PAGE,
    check(topology, report) {
      for (const { block, at, resource } of probesOf(topology, "liveness_probe", "readiness_probe")) {
        if (block.tcp_socket !== undefined) report(resource, `${at}.tcp_socket`, block.tcp_socket);
      }
    },
  },
  {
    id: "run-probe-timeout-period",
    title: "a probe times out before the next one begins",
    severity: "error",
    why: "Google Cloud rejects timeout_seconds above period_seconds (default 10) at apply.",
    fix: "lower timeout_seconds or raise period_seconds",
    source: PAGE,
    check(topology, report) {
      for (const { block, at, resource } of probesOf(topology, ...KINDS)) {
        const timeout = numberOf(block.timeout_seconds);
        const period = isAbsent(block, "period_seconds") ? 10 : numberOf(block.period_seconds);
        if (timeout !== undefined && period !== undefined && timeout > period)
          report(resource, `${at}.timeout_seconds`, timeout, `period_seconds is ${period}`);
      }
    },
  },
  {
    id: "run-startup-budget",
    title: "a startup probe gives up within 600 seconds, with a GPU within 1800",
    severity: "error",
    why: "Cloud Run shuts a container down that takes longer, whatever failure_threshold × period_seconds says, or rejects the probe.",
    fix: "lower failure_threshold or period_seconds; load the model faster, from the image or a volume",
    source: PAGE,
    check(topology, report) {
      for (const { block, at, resource, workload } of probesOf(topology, "startup_probe")) {
        const period = isAbsent(block, "period_seconds") ? 10 : numberOf(block.period_seconds);
        const failures = isAbsent(block, "failure_threshold") ? 3 : numberOf(block.failure_threshold);
        if (period === undefined || failures === undefined) continue;
        const longest = workload.hasNoGpu ? STARTUP.withoutGpu : STARTUP.withGpu;
        if (period * failures > longest)
          report(resource, `${at}.failure_threshold`, failures, `${period} s × ${failures} > ${longest} s`);
        const delay = numberOf(block.initial_delay_seconds);
        if (delay !== undefined && delay > longest) report(resource, `${at}.initial_delay_seconds`, delay);
      }
    },
  },
  {
    id: "run-startup-period-documented",
    title: "without a GPU, one period and the delay of a startup probe are at most 240 seconds",
    severity: "warning",
    why: "Google's pages disagree: the health check guide allows 600 seconds, the API reference 240. What lies between may be rejected at apply.",
    fix: "probe more often: a shorter period_seconds and a higher failure_threshold give the same time in all",
    source: "Cloud Run Admin API v2, Probe.periodSeconds and Probe.initialDelaySeconds, read 2026-11-22",
    check(topology, report) {
      for (const { block, at, resource, workload } of probesOf(topology, "startup_probe")) {
        if (!workload.hasNoGpu) continue;
        for (const name of ["period_seconds", "initial_delay_seconds"]) {
          const value = numberOf(block[name]);
          if (value !== undefined && value > 240 && value <= 600) report(resource, `${at}.${name}`, value);
        }
      }
    },
  },
  {
    id: "run-readiness-delay",
    title: "a readiness probe has no initial delay",
    severity: "error",
    why: "Neither the API nor the provider knows the field: the provider rejects it. A readiness probe starts when the startup probe has succeeded.",
    fix: "move the delay to startup_probe",
    source: PAGE,
    check(topology, report) {
      for (const { block, at, resource } of probesOf(topology, "readiness_probe")) {
        if (block.initial_delay_seconds !== undefined)
          report(resource, `${at}.initial_delay_seconds`, block.initial_delay_seconds);
      }
    },
  },
  {
    id: "run-probe-http1",
    title: "an HTTP probe of an h2c port is answered over HTTP/1",
    severity: "warning",
    why: "HTTP probes speak HTTP/1 even to an h2c port. Whether the server answers that, the configuration does not say: a gRPC server does not, and then never becomes ready.",
    fix: "use grpc, or give http_get the port of an HTTP/1 endpoint",
    source: PAGE,
    check(topology, report) {
      for (const { block, at, resource, container } of probesOf(topology, ...KINDS)) {
        const [get] = nested({ resource, at, block }, "http_get");
        const [port] = nested(container, "ports");
        if (!get || !port || textOf(port.block.name) !== "h2c") continue;
        const samePort =
          get.block.port === undefined || numberOf(get.block.port) === (numberOf(port.block.container_port) ?? 8080);
        if (samePort) report(resource, get.at, get.block.path ?? "/");
      }
    },
  },
  {
    id: "run-gpu-startup-probe",
    title: "a service with a GPU has a startup probe of its own",
    severity: "warning",
    why: "The default only waits for an open port, and for at most 240 seconds: requests may come before the model is loaded, or the container is shut down while it loads. Not an error, because a small model may be fast enough.",
    fix: "add startup_probe with http_get on a path that answers once the model is loaded",
    source: PAGE,
    check(topology, report) {
      for (const service of servicesOf(topology)) {
        if (!service.hasGpu || booleanOf(service.block.health_check_disabled)) continue;
        const ingress = service.containers.filter(({ block }) => block.ports !== undefined);
        const [container] = service.containers.length === 1 ? service.containers : ingress;
        if (container && isAbsent(container.block, "startup_probe"))
          report(service.resource, `${container.at}.startup_probe`, undefined);
      }
    },
  },
  {
    id: "run-liveness-needs-startup",
    title: "a container with a liveness probe has a startup probe, or its liveness probe waits",
    severity: "warning",
    why: "Without a startup probe of its own, the liveness probe begins as soon as the port is open and restarts a container that still loads its model, again and again. Not an error, because the server may open its port only when it is ready.",
    fix: "add startup_probe on the same path",
    source: PAGE,
    check(topology, report) {
      for (const { block, resource, container, workload } of probesOf(topology, "liveness_probe")) {
        if (!workload.hasGpu || !isAbsent(container.block, "startup_probe")) continue;
        if (isAbsent(block, "initial_delay_seconds") || numberOf(block.initial_delay_seconds) === 0)
          report(resource, `${container.at}.startup_probe`, undefined);
      }
    },
  },
];

/** Startup, liveness and readiness probes. */
export const cloudRunProbeRules: readonly Rule[] = [...probeLimits, ...probeRelations];
