import { type Backend, type Group, protocolOf } from "../topology/backends";
import { blockOf, blocksOf, type Resource } from "../topology/document";
import { probeOf } from "../topology/health-checks";
import { readInstanceGroups } from "../topology/instance-groups";
import type { Topology } from "../topology/topology";
import { URL_MAPS } from "../topology/url-maps";
import { numberOf, secondsOf, textOf } from "../topology/value";
import { SERVICE_TIMEOUT_SECONDS, timeoutOf } from "./timeouts";

/** What one region runs of one backend. */
export interface PreviewUpstream {
  /** Unique in the plan: `api@europe-west1`; only the name for what has no region. */
  readonly id: string;
  readonly kind: "service" | "machines" | "bucket";
  readonly name: string;
  readonly region?: string;
  /** Of the resource: the Cloud Run service, the group, the NEG, the backend bucket. */
  readonly address: string;
  /** It still runs, and no route leads to it. */
  readonly draining: boolean;
  /** The path that says whether the region is well; undefined where nothing asks for it. */
  readonly readiness?: string;
  /** After which what runs there gives up on a request. */
  readonly timeoutSeconds: number;
  readonly maxInstances?: number;
  /** Requests that one instance answers at the same time. */
  readonly maxConcurrency?: number;
  /** Whether the load balancer speaks HTTP/2 without TLS to it. */
  readonly isHttp2: boolean;
}

/** Ids of constructs that say nothing about what they are part of. */
const GENERIC = new Set(["Resource", "Default", "Service", "Instances", "Group", "Manager", "Neg"]);

type Unnamed = Omit<PreviewUpstream, "id" | "name" | "draining"> & { readonly resource: Resource };

/** What has to run for the routes of a document, by the address of its resource. */
export function previewUpstreams(topology: Topology): ReadonlyMap<string, PreviewUpstream> {
  const routed = new Map<string, Unnamed>();
  for (const backend of topology.once(usedBackends)) {
    for (const upstream of behind(topology, backend)) {
      if (!routed.has(upstream.address)) routed.set(upstream.address, upstream);
    }
  }
  const names = new Set([...routed.values()].map(baseName));
  const draining = drainable(topology).filter((each) => !routed.has(each.address) && names.has(baseName(each)));
  const ids = new Set<string>();
  const named = [...routed.values(), ...draining].map((each) => {
    const { resource, ...upstream } = each;
    const place = upstream.region === undefined ? "" : `@${upstream.region}`;
    const candidates = [baseName(each), textOf(resource.values.name), resource.name, resource.address];
    const name = candidates.find((candidate) => candidate !== undefined && !ids.has(candidate + place))!;
    ids.add(name + place);
    return { ...upstream, id: name + place, name, draining: !routed.has(upstream.address) };
  });
  return new Map(named.map((upstream) => [upstream.address, upstream]));
}

/** Backends that URL maps refer to: for requests, for copies of requests, and for error bodies. */
export function usedBackends(topology: Topology): readonly Backend[] {
  const used = topology.places(URL_MAPS).flatMap(({ resource }) => [...topology.dependencies(resource)]);
  return [...new Set(used)].flatMap((address) => topology.backendOf(topology.document.at(address)) ?? []);
}

/** The upstream that a group of a backend service leads to. */
export function upstreamOfGroup(topology: Topology, { resource }: Group): PreviewUpstream | undefined {
  const service = resource && topology.cloudRunBehind(resource)?.service;
  return topology.once(previewUpstreams).get((service ?? resource)?.address ?? "");
}

/** The upstream that a backend bucket is. */
export function upstreamOfBucket(topology: Topology, { resource }: Backend): PreviewUpstream | undefined {
  return topology.once(previewUpstreams).get(resource.address);
}

function behind(topology: Topology, backend: Backend): Unnamed[] {
  const { resource } = backend;
  if (backend.kind === "bucket")
    return [{ kind: "bucket", resource, address: resource.address, timeoutSeconds: 30, isHttp2: false }];
  return backend.groups.flatMap((group) => {
    if (!group.resource) return [];
    const service = topology.cloudRunBehind(group.resource)?.service;
    return [service ? cloudRun(topology, service) : machines(topology, backend, group, group.resource)];
  });
}

function cloudRun(topology: Topology, service: Resource): Unnamed {
  const { region, template, containers, maxInstances, readinessProbe: probe } = topology.cloudRunOf(service)!;
  const ports = containers.flatMap((container) => blocksOf(container.ports));
  return {
    kind: "service",
    resource: service,
    address: service.address,
    region,
    readiness: probe && pathOf(blockOf(probe.http_get)?.path),
    // What Cloud Run does without one (docs.cloud.google.com/run/docs/configuring/request-timeout,
    // read 2026-11-28).
    timeoutSeconds: secondsOf(template?.timeout) ?? 300,
    maxInstances: maxInstances ?? numberOf(blockOf(service.values.scaling)?.max_instance_count),
    maxConcurrency: numberOf(template?.max_instance_request_concurrency),
    isHttp2: ports.some(({ name }) => name === "h2c"),
  };
}

function machines(topology: Topology, backend: Backend, group: Group, resource: Resource): Unnamed {
  const { values } = backend.resource;
  const check = topology.document.target([values.health_checks].flat()[0]);
  const isServerless = group.kind === "serverlessNeg";
  return {
    kind: isServerless ? "service" : "machines",
    resource,
    address: resource.address,
    region: group.region,
    readiness: check && pathOf(probeOf(check.values)?.block.request_path),
    timeoutSeconds: timeoutOf(backend.resource, isServerless),
    maxInstances: instancesOf(topology, resource),
    isHttp2: ["HTTP2", "H2C", "GRPC"].includes(protocolOf(backend) ?? ""),
  };
}

/** The most that the autoscaler allows, or how many the group has. */
function instancesOf(topology: Topology, group: Resource): number | undefined {
  const managed = topology.once(readInstanceGroups).find(({ resource }) => resource === group);
  return numberOf(managed?.scaling?.max_replicas) ?? numberOf(group.values.target_size);
}

/** Cloud Run services and instance groups, whether or not a route leads to them. */
function drainable(topology: Topology): Unnamed[] {
  const services = topology.cloudRunTargets.map(({ service }) => cloudRun(topology, service));
  const groups = topology.once(readInstanceGroups).map(({ resource, region }): Unnamed => {
    const timeoutSeconds = SERVICE_TIMEOUT_SECONDS.machines;
    return { kind: "machines", resource, address: resource.address, region, timeoutSeconds, isHttp2: false };
  });
  return [...services, ...groups];
}

/** What the regions of one thing have in common: its constructs' ids, or its name, without region. */
function baseName({ resource, region }: Unnamed): string {
  const ids = resource.path?.split("/").slice(1) ?? [];
  const telling = ids.filter((id) => id !== region && !GENERIC.has(id)).join("-");
  if (telling !== "") return telling;
  const name = textOf(resource.values.name) ?? resource.name;
  const withoutRegion = region === undefined ? name : name.replace(region, "").replace(/^[-_]+|[-_]+$/g, "");
  return withoutRegion.replace(/[-_]{2,}/g, "-") || name;
}

function pathOf(value: unknown): string {
  return textOf(value) || "/";
}
