import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "./document";
import { groupBy } from "./group-by";
import type { Topology } from "./topology";
import { booleanOf, isComputed, textOf, textOrDefault } from "./value";

/** One group behind a backend service. */
export interface Group {
  /** Path of the block in the backend service. */
  readonly attribute: string;
  readonly block: Block;
  /** NEG or instance group; undefined where it is not in the document. */
  readonly resource?: Resource;
  readonly kind?: "serverlessNeg" | "internetNeg" | "neg" | "instanceGroup";
  readonly region?: string;
}

export interface Backend {
  readonly resource: Resource;
  readonly kind: "service" | "bucket";
  readonly isGlobal: boolean;
  readonly scheme?: string;
  readonly cdn: boolean;
  readonly iap: boolean;
  readonly securityPolicy?: Resource;
  readonly edgeSecurityPolicy?: Resource;
  readonly outlierDetection?: Block;
  readonly groups: readonly Group[];
  /** Whether `groups` is all of them, each found in the document. */
  readonly groupsKnown: boolean;
}

export function readBackends(document: TerraformDocument): Backend[] {
  const services = ["google_compute_backend_service", "google_compute_region_backend_service"].flatMap((type) =>
    document.ofType(type).map((resource) => readService(document, resource)),
  );
  const buckets = document.ofType("google_compute_backend_bucket").map((resource) => ({
    resource,
    kind: "bucket" as const,
    isGlobal: true,
    cdn: booleanOf(resource.values.enable_cdn) ?? false,
    iap: false,
    edgeSecurityPolicy: document.target(resource.values.edge_security_policy),
    groups: [],
    groupsKnown: true,
  }));
  return [...services, ...buckets];
}

function readService(document: TerraformDocument, resource: Resource): Backend {
  const { values } = resource;
  const groups = blocksOf(values.backend).map((block, index): Group => {
    const group = groupOf(document, block.group);
    return {
      attribute: Array.isArray(values.backend) ? `backend.${index}` : "backend",
      block,
      resource: group,
      kind: group && kindOf(group),
      region: regionOf(document, group),
    };
  });
  return {
    resource,
    kind: "service",
    isGlobal: resource.type === "google_compute_backend_service",
    scheme: textOf(values.load_balancing_scheme),
    cdn: booleanOf(values.enable_cdn) ?? false,
    iap: booleanOf(blockOf(values.iap)?.enabled) ?? false,
    securityPolicy: document.target(values.security_policy),
    edgeSecurityPolicy: document.target(values.edge_security_policy),
    outlierDetection: blockOf(values.outlier_detection),
    groups,
    groupsKnown: !isComputed(values, "backend") && groups.every((group) => group.resource !== undefined),
  };
}

/** An instance group manager is referred to by its attribute `instance_group`. */
function groupOf(document: TerraformDocument, value: unknown): Resource | undefined {
  const group = document.target(value);
  return group?.isData ? undefined : group;
}

function kindOf(group: Resource): Group["kind"] {
  if (group.type === "google_compute_region_network_endpoint_group") {
    const type =
      textOf(group.values.network_endpoint_type) ??
      (group.values.network_endpoint_type === undefined ? "SERVERLESS" : undefined);
    return type === "SERVERLESS" ? "serverlessNeg" : type === undefined ? undefined : "neg";
  }
  if (group.type === "google_compute_global_network_endpoint_group") return "internetNeg";
  if (/_network_endpoint_group$/.test(group.type)) return "neg";
  return /instance_group/.test(group.type) ? "instanceGroup" : undefined;
}

function regionOf(document: TerraformDocument, group: Resource | undefined): string | undefined {
  if (!group) return undefined;
  const region = textOf(group.values.region) ?? textOf(document.target(group.values.region)?.values.location);
  return region ?? textOf(group.values.zone)?.replace(/-[a-z]$/, "");
}

/** The groups of a backend by region; undefined when the region of one is not known. */
export function groupsByRegion(backend: Backend): Map<string, Group[]> | undefined {
  if (backend.groups.some(({ region }) => region === undefined)) return undefined;
  return groupBy(backend.groups, ({ region }) => region);
}

/** Backend services, global and regional. */
export function backendServices({ backends }: Topology): readonly Backend[] {
  return backends.filter(({ kind }) => kind === "service");
}

/** A group with the block that lists it. */
export interface ListedGroup {
  readonly resource: Resource;
  readonly at: string;
  readonly block: Block;
  readonly group: Group;
  readonly backend: Backend;
}

/** The groups of all backend services. */
export function listedGroups({ backends }: Topology): readonly ListedGroup[] {
  return backends.flatMap((backend) =>
    backend.groups.map((group) => {
      const { attribute: at, block } = group;
      return { resource: backend.resource, at, block, group, backend };
    }),
  );
}

/** The scheme that a backend service will have; undefined where Terraform computes it. */
export function schemeOf(backend: Backend): string | undefined {
  if (backend.kind === "bucket") return undefined;
  return textOrDefault(
    backend.resource.values.load_balancing_scheme || undefined,
    backend.isGlobal ? "EXTERNAL" : "INTERNAL",
  );
}

/**
 * Whether a backend service of one scheme can serve a forwarding rule of another: EXTERNAL_MANAGED
 * ones can be attached to classic rules.
 */
export function fits(ruleScheme: string, backendScheme: string): boolean {
  return ruleScheme === backendScheme || (ruleScheme === "EXTERNAL" && backendScheme === "EXTERNAL_MANAGED");
}

/**
 * Whether a backend service belongs to a passthrough load balancer; false where that is not known.
 */
export function isPassthrough(backend: Backend): boolean {
  return !backend.isGlobal && ["INTERNAL", "EXTERNAL"].includes(schemeOf(backend) ?? "");
}

/** The protocol that a backend service will have; undefined where Terraform computes it. */
export function protocolOf(backend: Backend): string | undefined {
  return textOrDefault(backend.resource.values.protocol || undefined, isPassthrough(backend) ? "TCP" : "HTTP");
}

export function isHttp(protocol: string | undefined): boolean {
  return protocol !== undefined && ["HTTP", "HTTPS", "HTTP2", "H2C", "GRPC"].includes(protocol);
}

export function isServerless(backend: Backend): boolean {
  return backend.groups.some(({ kind }) => kind === "serverlessNeg");
}

/**
 * Instance groups and zonal NEGs: their machines and endpoints are checked, and their capacity
 * counts.
 */
export function isBalanced({ kind, resource }: Group): boolean {
  return kind === "instanceGroup" || resource?.type === "google_compute_network_endpoint_group";
}

/** What a backend service refers to: its groups and its health checks. */
export function partsOf({ groups, resource: { values } }: Backend) {
  const checks: { at: string; value: unknown; region?: string }[] = [values.health_checks]
    .flat()
    .map((value) => ({ at: "health_checks", value }));
  return checks.concat(
    groups.map(({ attribute, block, region }) => ({ at: `${attribute}.group`, value: block.group, region })),
  );
}

/**
 * Managed instance groups behind proxies whose named ports are all known, once for each backend
 * service.
 */
export function proxiedGroups(topology: Topology) {
  return topology.once(listedGroups).flatMap(({ group: { resource }, backend }) => {
    const isProxied = !isPassthrough(backend) && schemeOf(backend) !== undefined;
    if (!isProxied || !resource || !/_instance_group_manager$/.test(resource.type)) return [];
    const elsewhere = topology.referrers(resource.address).map(({ type }) => type);
    const ports = blocksOf(resource.values.named_port).map(({ name }) => textOf(name));
    if (isComputed(resource.values, "named_port") || ports.includes(undefined)) return [];
    return elsewhere.includes("google_compute_instance_group_named_port") ? [] : [{ resource, backend, ports }];
  });
}
