import { isExpression } from "../../language/reference";
import { blockOf } from "../../topology/document";
import { isComputed, isKnown, numberOf, textOf, textsOf } from "../../topology/value";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";
import { containersOf, isAbsent, nested, type Workload, workloadsOf } from "./cloud-run-workload";

const API = "Cloud Run Admin API v2";
const CONTRACT = "docs.cloud.google.com/run/docs/container-contract, read 2026-11-22";
/** Variables that Cloud Run sets by itself. PORT is for the container that serves requests only. */
const RESERVED = {
  service: ["K_SERVICE", "K_REVISION", "K_CONFIGURATION"],
  job: [
    "CLOUD_RUN_JOB",
    "CLOUD_RUN_EXECUTION",
    "CLOUD_RUN_TASK_INDEX",
    "CLOUD_RUN_TASK_ATTEMPT",
    "CLOUD_RUN_TASK_COUNT",
  ],
  workerPool: ["CLOUD_RUN_WORKER_POOL", "CLOUD_RUN_WORKER_POOL_REVISION"],
} as const;
const HOST = /^([^/]*[.:][^/]*|localhost)\//;
const DIRECT_HOST = /^((.+\.)?gcr\.io|(.+[.-])?docker\.pkg\.dev|(index\.|registry-1\.)?docker\.io)$/;

/** The container that requests go to: the only one, or the one with a port. */
function servesRequests(workload: Workload, container: Place): boolean {
  return workload.kind === "service" && (workload.containers.length === 1 || container.block.ports !== undefined);
}

/** The names of the containers that one waits for. */
function dependencies(container: Place): string[] {
  return textsOf(container.block.depends_on);
}

/** Whether a container waits for itself, through others. */
function waitsForItself(name: string, byName: ReadonlyMap<string, Place>): boolean {
  const seen = new Set<string>();
  const open = dependencies(byName.get(name)!);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    const container = byName.get(next);
    if (!container || seen.has(next)) continue;
    seen.add(next);
    open.push(...dependencies(container));
  }
  return false;
}

/** Images, environment variables, ports and the order of containers. */
export const cloudRunContainerRules: readonly Rule[] = [
  {
    id: "run-image-host",
    title: "the image is in Artifact Registry or on Docker Hub",
    severity: "error",
    why: "Cloud Run rejects other registries: “Expected an image path like [host/]repo-path, where host is one of [region.]gcr.io, [region-]docker.pkg.dev or docker.io”.",
    fix: "make a remote repository in Artifact Registry for that registry and pull through it",
    source: "docs.cloud.google.com/run/docs/deploying, read 2026-11-22",
    check(topology, report) {
      for (const { block, at, resource } of containersOf(topology)) {
        const host = HOST.exec(textOf(block.image) ?? "")?.[1];
        if (host !== undefined && host !== "ghcr.io" && !DIRECT_HOST.test(host))
          report(resource, `${at}.image`, block.image, host);
      }
    },
  },
  {
    id: "run-image-ghcr",
    title: "the image is not taken from ghcr.io directly",
    severity: "warning",
    why: "Cloud Run rejected ghcr.io for years; a newer text allows public images of the GitHub Container Registry. Which one holds in this project is not sure.",
    fix: "pull through a remote repository in Artifact Registry",
    source: "docs.cloud.google.com/run/docs/deploying, read 2026-11-22",
    check(topology, report) {
      for (const { block, at, resource } of containersOf(topology)) {
        if (textOf(block.image)?.startsWith("ghcr.io/")) report(resource, `${at}.image`, block.image);
      }
    },
  },
  {
    id: "run-env-reserved",
    title: "no environment variable that Cloud Run sets by itself",
    severity: "error",
    why: "Google Cloud rejects it at apply: “The following reserved env names were provided”.",
    fix: "take it away; the port is ports.container_port",
    source: CONTRACT,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const reserved: readonly string[] = RESERVED[workload.kind];
        for (const container of workload.containers) {
          const serves = servesRequests(workload, container);
          for (const { block, at, resource } of nested(container, "env")) {
            const name = textOf(block.name);
            if (name !== undefined && (reserved.includes(name) || (name === "PORT" && serves)))
              report(resource, `${at}.name`, name);
          }
        }
      }
    },
  },
  {
    id: "run-env-prefix",
    title: "no environment variable starts with X_GOOGLE_",
    severity: "warning",
    why: "Google reserves the prefix for functions; the page does not say whether a container may use it.",
    fix: "rename the variable",
    source: "docs.cloud.google.com/run/docs/configuring/services/overview-environment-variables, read 2026-11-22",
    check(topology, report) {
      for (const container of containersOf(topology)) {
        for (const { block, at, resource } of nested(container, "env")) {
          if (textOf(block.name)?.startsWith("X_GOOGLE_")) report(resource, `${at}.name`, block.name);
        }
      }
    },
  },
  {
    id: "run-env-duplicate",
    title: "a container has each environment variable once",
    severity: "error",
    why: "At most one of the values reaches the container.",
    fix: "keep one of them",
    source: `${API}, Container.env, read 2026-11-22`,
    check(topology, report) {
      for (const container of containersOf(topology)) {
        const seen = new Set<string>();
        for (const { block, at, resource } of nested(container, "env")) {
          const name = textOf(block.name);
          if (name === undefined) continue;
          if (seen.has(name)) report(resource, `${at}.name`, name);
          seen.add(name);
        }
      }
    },
  },
  {
    id: "run-env-source",
    title: "an environment variable has a value or a secret, not both",
    severity: "error",
    why: "The API takes one of them and rejects both.",
    fix: "keep value_source and take value away",
    source: `${API}, EnvVar.valueSource, read 2026-11-22`,
    check(topology, report) {
      for (const container of containersOf(topology)) {
        for (const { block, at, resource } of nested(container, "env")) {
          if (block.value_source !== undefined && block.value !== undefined && block.value !== "")
            report(resource, at, block.name);
        }
      }
    },
  },
  {
    id: "run-ingress-container",
    title: "of several containers of a service exactly one has a port",
    severity: "error",
    why: "Google Cloud rejects it at apply: “Revision template should contain exactly one container with an exposed port”.",
    fix: "keep ports in the container that serves requests; the others are reached at localhost",
    source: "docs.cloud.google.com/run/docs/deploying#sidecars, read 2026-11-22",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (workload.kind !== "service" || workload.containers.length < 2 || !workload.containersKnown) continue;
        if (workload.containers.some(({ block }) => isComputed(block, "ports"))) continue;
        const withPort = workload.containers.filter(({ block }) => nested({ ...workload, block }, "ports").length > 0);
        if (withPort.length !== 1)
          report(workload.resource, `${(withPort[1] ?? workload.containers[0]!).at}.ports`, withPort.length);
      }
    },
  },
  {
    id: "run-container-names",
    title: "the containers of an instance have different names",
    severity: "error",
    why: "Google Cloud rejects a second container of the same name at apply.",
    fix: "rename one of them",
    source: `${API}, Container.name, read 2026-11-22`,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const seen = new Set<string>();
        for (const { block, at, resource } of workload.containers) {
          const name = textOf(block.name);
          if (name === undefined) continue;
          if (seen.has(name)) report(resource, `${at}.name`, name);
          seen.add(name);
        }
      }
    },
  },
  {
    id: "run-depends-on",
    title: "a container waits for other containers of the same instance, and not for itself",
    severity: "error",
    why: "Google Cloud rejects a name that no container has, and containers that wait for each other.",
    fix: "name a container of this template that does not wait for this one",
    source: `${API}, Container.dependsOn, read 2026-11-22`,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (!workload.containers.some(({ block }) => Array.isArray(block.depends_on))) continue;
        const names = workload.containers.map(({ block }) => block.name);
        const allKnown = workload.containersKnown && names.every((name) => isKnown(name));
        const byName = new Map(
          workload.containers.flatMap((container) => {
            const name = textOf(container.block.name);
            return name === undefined ? [] : [[name, container] as const];
          }),
        );
        for (const container of workload.containers) {
          const missing = allKnown ? dependencies(container).find((name) => !byName.has(name)) : undefined;
          const name = textOf(container.block.name);
          if (missing !== undefined)
            report(workload.resource, `${container.at}.depends_on`, missing, "no such container");
          else if (name !== undefined && byName.get(name) === container && waitsForItself(name, byName))
            report(workload.resource, `${container.at}.depends_on`, container.block.depends_on, "a cycle");
        }
      }
    },
  },
  {
    id: "run-depends-on-probe",
    title: "a container that others wait for has a startup probe",
    severity: "warning",
    why: "Without a probe Cloud Run only keeps the order in which containers start: the others do not wait until it works. Not an error, because the order may be enough.",
    fix: "add startup_probe to the container that is waited for",
    source: CONTRACT,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const awaited = new Set(workload.containers.flatMap(dependencies));
        for (const container of awaited.size > 0 ? workload.containers : []) {
          const name = textOf(container.block.name);
          if (name !== undefined && awaited.has(name) && isAbsent(container.block, "startup_probe"))
            report(workload.resource, `${container.at}.startup_probe`, undefined, name);
        }
      }
    },
  },
  {
    id: "run-service-account-email",
    title: "service_account is the email address of a service account",
    severity: "error",
    why: "Google Cloud rejects a member (serviceAccount:…) and a resource name (projects/…) at apply.",
    fix: "use google_service_account.NAME.email",
    source: `${API}, RevisionTemplate.serviceAccount, read 2026-11-22`,
    check(topology, report) {
      for (const { block, at, resource } of workloadsOf(topology)) {
        const value = block.service_account;
        const account = topology.document.target(value);
        const wrongReference =
          account?.type === "google_service_account" &&
          /\.(member|name|id|unique_id|account_id)\}$/.test(String(value));
        const text = textOf(value);
        if (wrongReference || (text !== undefined && text !== "" && !/^[^@\s:/]+@[^@\s:/]+$/.test(text)))
          report(resource, `${at}.service_account`, value);
        else if (isExpression(value) && /^(serviceAccount:|projects\/)/.test(String(value)))
          report(resource, `${at}.service_account`, value);
      }
    },
  },
  {
    id: "run-service-account",
    title: "a Cloud Run workload has a service account of its own",
    severity: "warning",
    why: "Without one it runs as the Compute Engine default service account, which all such workloads share and which is an editor of the project unless the organization forbids that.",
    fix: "create a google_service_account, grant it what the code needs, and set service_account",
    source: `${API}, RevisionTemplate.serviceAccount, read 2026-11-22`,
    check(topology, report) {
      for (const { block, at, resource } of workloadsOf(topology)) {
        if (block.service_account === undefined || block.service_account === "")
          report(resource, `${at}.service_account`, undefined);
      }
    },
  },
  {
    id: "run-http2-port-name",
    title: "a gRPC probe and the port of its container speak HTTP/2",
    severity: "warning",
    why: "A server that answers gRPC probes on the port of its requests serves gRPC, which needs the port name h2c: over http1 streams and trailers break. Not an error, because the probe may have another purpose.",
    fix: 'set ports.name = "h2c"',
    source: "docs.cloud.google.com/run/docs/triggering/grpc, read 2026-11-22",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (workload.kind !== "service") continue;
        for (const container of workload.containers) {
          const [port] = nested(container, "ports");
          if (!port || (port.block.name !== undefined && textOf(port.block.name) !== "http1")) continue;
          const containerPort = numberOf(port.block.container_port);
          const asksGrpc = ["startup_probe", "readiness_probe", "liveness_probe"].some((kind) => {
            const grpc = blockOf(blockOf(container.block[kind])?.grpc);
            return (
              grpc && (isAbsent(grpc, "port") || (containerPort !== undefined && numberOf(grpc.port) === containerPort))
            );
          });
          if (asksGrpc) report(workload.resource, `${port.at}.name`, port.block.name);
        }
      }
    },
  },
];
