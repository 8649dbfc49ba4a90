import { findRegion } from "../google/regions";
import { isExpression } from "../language/reference";
import { type Backend, type Group, isPassthrough, protocolOf } from "../topology/backends";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import type { Frontend } from "../topology/frontends";
import { gpuOf, isSpot, readInstanceGroups } from "../topology/instance-groups";
import { callsOf, startsOf } from "../topology/invocation";
import { pipelinesOf } from "../topology/pipelines";
import { builtImage, getsRequests, type RegionWorkload, readRegionWorkloads } from "../topology/region-workloads";
import { type Route, reachable } from "../topology/routes";
import type { Topology } from "../topology/topology";
import { REDIRECT_STATUS } from "../topology/url-map-answer";
import { booleanOf, isComputed, isSet, numberOf, textOf, textsOf } from "../topology/value";
import { mergeAlike, mergeRoutes } from "./alike-nodes";
import { cloudName, hostsOf, shownTexts, unwrapped } from "./report";

export type PathNodeKind =
  | "address"
  | "listener"
  | "route"
  | "redirect"
  | "backend"
  | "region"
  | "workload"
  | "trigger"
  | "bucket"
  | "topic"
  | "subscription"
  | "unknown";

/** What a backend has in front of it, or a state. */
export interface PathMark {
  readonly text: string;
  /** The security policy. */
  readonly resource?: Resource;
}

export interface PathNode {
  readonly id: string;
  readonly kind: PathNodeKind;
  /** What it is: "Cloud Run service". */
  readonly caption: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly marks: readonly PathMark[];
  /** What it stands for, the most telling first; none for redirects and what is not in the document. */
  readonly resources: readonly Resource[];
  /** Path of the block in the resource, for routes. */
  readonly attribute?: string;
  /** Where it is, for what is in one region. */
  readonly region?: string;
  readonly isDraining: boolean;
  /** How many alike nodes it stands for. */
  readonly count: number;
}

export interface PathEdge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** Whether nothing goes here at present: weight 0, capacity 0, or draining. */
  readonly isIdle: boolean;
}

/** How requests and objects go through what a document deploys, from left to right. */
export interface RequestPath {
  readonly nodes: readonly PathNode[];
  readonly edges: readonly PathEdge[];
}

/** The request path, pipelines and what else runs; many alike regions are one node, and many alike routes. */
export function requestPath(topology: Topology): RequestPath {
  return mergeAlike(mergeRoutes(wholePath(topology)));
}

/** The same with a node for each region, however many there are. */
export function wholePath(topology: Topology): RequestPath {
  return new Reader(topology).read();
}

type NodeParts = Partial<PathNode> & Pick<PathNode, "kind" | "caption" | "title">;

class Reader {
  private readonly nodes = new Map<string, PathNode>();
  private readonly edges = new Map<string, PathEdge>();
  private readonly workloads: ReadonlyMap<string, RegionWorkload>;
  private readonly serviceAt: ReadonlyMap<string, readonly Resource[]>;

  public constructor(private readonly topology: Topology) {
    const all = topology.once(readRegionWorkloads);
    this.workloads = new Map(all.map((each) => [each.resource.address, each]));
    const services = all.filter(({ kind }) => kind === "service");
    this.serviceAt = new Map(
      services.map(({ region = "" }) => [
        region,
        services.filter((each) => each.region === region).map(({ resource }) => resource),
      ]),
    );
  }

  public read(): RequestPath {
    for (const frontend of this.topology.frontends) this.addFrontend(frontend);
    for (const backend of this.topology.backends) this.addBackend(backend);
    this.addPipelines();
    this.addTriggers();
    for (const { resource } of this.workloads.values()) this.addWorkload(resource);
    return { nodes: [...this.nodes.values()], edges: [...this.edges.values()] };
  }

  /** The id of a node, which is added unless it is there. */
  private node(id: string, parts: NodeParts): string {
    if (!this.nodes.has(id)) {
      this.nodes.set(id, { id, lines: [], marks: [], resources: [], isDraining: false, count: 1, ...parts });
    }
    return id;
  }

  private edge(from: string, to: string, label?: string, isIdle = false): void {
    const key = `${from} ${to} ${label ?? ""}`;
    if (!this.edges.has(key)) this.edges.set(key, { from, to, label, isIdle });
  }

  private addFrontend(frontend: Frontend): void {
    const { rule, address, ipVersion, isGlobal, region, proxy, urlMap } = frontend;
    const isInternal = /^INTERNAL/.test(frontend.scheme ?? "");
    const literal = textOf(rule.values.ip_address);
    const from = this.node(address?.address ?? `address of ${rule.address}`, {
      kind: "address",
      caption: isInternal ? "Internal address" : isGlobal ? "Global address" : "Address",
      title: literal ?? (ipVersion === "IPV6" ? "IPv6" : "IPv4"),
      lines: [...(address ? [cloudName(address)] : literal ? [] : ["ephemeral address"]), ...(region ? [region] : [])],
      resources: [address ?? rule],
      region,
    });
    const listener = this.addListener(frontend, region);
    this.edge(from, listener);
    if (urlMap) for (const route of reachable(this.topology.routesOf(urlMap))) this.addRoute(listener, route);
    const direct = proxy?.values.backend_service ?? (proxy ? undefined : rule.values.backend_service);
    if (direct !== undefined && direct !== null) this.edge(listener, this.addTarget(direct));
    const unknown = urlMap ? undefined : (proxy?.values.url_map ?? (proxy ? undefined : rule.values.target));
    if (unknown !== undefined && unknown !== null && !direct) this.edge(listener, this.addTarget(unknown));
  }

  /** Forwarding rules that lead to one proxy on the same ports are one listener. */
  private addListener({ rule, proxy, portRange, protocol, certifiedHosts = [] }: Frontend, region?: string): string {
    const ports = portRange ?? textsOf(rule.values.ports).join(", ");
    const id = `${proxy?.address ?? rule.address} ${ports}`;
    const known = this.nodes.get(id);
    if (known) {
      this.nodes.set(id, { ...known, resources: [...known.resources, rule] });
      return id;
    }
    const title = [protocol ?? textOf(rule.values.ip_protocol) ?? "TCP", ports || "all ports"].join(" ");
    return this.node(id, {
      kind: "listener",
      caption: proxy ? "Listener" : "Forwarding rule",
      title,
      lines: few(certifiedHosts),
      resources: proxy ? [proxy, rule] : [rule],
      region,
    });
  }

  private addRoute(listener: string, route: Route): void {
    const { urlMap, attribute, paths, priority, redirect, targets, block } = route;
    const hosts = hostsOf(route);
    // No host rule leads to it.
    if (hosts.length === 0 && !isComputed(urlMap.values, "host_rule")) return;
    const isAnyHost = hosts.length === 1 && hosts[0] === "*";
    const id = this.node(`${urlMap.address} ${attribute}`, {
      kind: "route",
      caption: "Route",
      title: few(pathsOf(route, paths)).join(", ") || "/*",
      lines: [...(isAnyHost ? [] : few(hosts)), ...conditionsOf(block), ...(priority ? [`priority ${priority}`] : [])],
      resources: [urlMap],
      attribute,
      region: textOf(urlMap.values.region),
    });
    this.edge(listener, id);
    if (redirect) this.edge(id, this.addRedirect(urlMap, redirect));
    const weights = targets.map(({ weight }) => weight);
    const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
    for (const { value, weight } of targets) {
      if (value === null) continue;
      const label = weight === undefined || total === 0 ? undefined : `${Math.round((1000 * weight) / total) / 10}%`;
      this.edge(id, this.addTarget(value), label, weight === 0);
    }
    const action = blockOf(block.route_action) ?? blockOf(block.default_route_action);
    const mirror = blockOf(action?.request_mirror_policy)?.backend_service;
    if (mirror !== undefined && mirror !== null) this.edge(id, this.addTarget(mirror), "mirrored");
  }

  private addRedirect(urlMap: Resource, redirect: Block): string {
    const { host_redirect: host, path_redirect: path, prefix_redirect: prefix } = redirect;
    const code = REDIRECT_STATUS[textOf(redirect.redirect_response_code) ?? "MOVED_PERMANENTLY_DEFAULT"] ?? "3xx";
    const isHttps = booleanOf(redirect.https_redirect) === true;
    const isSame = [host, path, prefix].every((each) => !isSet(each) && !isExpression(each));
    const [to, whole, start] = [host, path, prefix].map((each) => (each ? unwrapped(each) : undefined));
    const place = `${to ?? "same host"}${whole ?? `${start ?? "/"}…`}`;
    const title = `${code} to ${isSame && isHttps ? "HTTPS" : `${isHttps ? "https://" : ""}${place}`}`;
    const caption = "Redirect";
    const region = textOf(urlMap.values.region);
    return this.node(`${urlMap.address} ${title}`, { kind: "redirect", caption, title, resources: [urlMap], region });
  }

  /** A backend, or what stands for one that is not in the document. */
  private addTarget(value: unknown): string {
    const resource = this.topology.document.target(value);
    const backend = this.topology.backendOf(resource);
    if (backend) return this.addBackend(backend);
    const title = resource
      ? cloudName(resource)
      : isExpression(value)
        ? unwrapped(value)
        : String(value).split("/").at(-1)!;
    const id = resource?.address ?? `elsewhere ${String(value)}`;
    return this.node(id, {
      kind: "unknown",
      caption: resource && !resource.isData ? captionOf(resource) : "Not in this document",
      title,
      resources: resource ? [resource] : [],
    });
  }

  private addBackend(backend: Backend): string {
    const { resource, kind, groups, isGlobal } = backend;
    const id = resource.address;
    if (this.nodes.has(id)) return id;
    this.node(id, {
      kind: "backend",
      caption: kind === "bucket" ? "Backend bucket" : "Backend service",
      title: cloudName(resource),
      lines:
        kind === "bucket"
          ? []
          : [
              `protocol ${protocolOf(backend) ?? "?"}`,
              ...(isGlobal ? [] : [textOf(resource.values.region) ?? ""]),
            ].filter(Boolean),
      marks: marksOf(backend),
      resources: [resource],
      region: textOf(resource.values.region),
    });
    if (kind === "bucket") {
      const bucket = this.topology.document.target(resource.values.bucket_name);
      const name = textOf(resource.values.bucket_name);
      if (bucket) this.edge(id, this.addBucket(bucket));
      else if (name !== undefined)
        this.edge(id, this.node(`bucket ${name}`, { kind: "bucket", caption: "Bucket", title: name }));
    }
    for (const group of groups) if (group.block.group) this.addGroup(id, backend, group);
    return id;
  }

  private addGroup(from: string, backend: Backend, group: Group): void {
    const isIdle = !getsRequests(group) && !isPassthrough(backend);
    const capacity = numberOf(group.block.capacity_scaler) ?? 1;
    const label = capacity > 0 && capacity < 1 ? `${Math.round(100 * capacity)}%` : undefined;
    const to = group.resource
      ? this.addRegion(group.resource, group.kind, group.region)
      : this.addTarget(group.block.group);
    this.edge(from, to, isIdle ? "drained" : label, isIdle);
  }

  /** What is behind a backend in one region: a NEG or an instance group. */
  private addRegion(resource: Resource, kind: Group["kind"], region: string | undefined): string {
    const id = resource.address;
    if (this.nodes.has(id)) return id;
    const workload = this.workloads.get(id) ?? this.workloads.get(this.serviceBehind(resource)?.address ?? "");
    this.node(id, {
      kind: "region",
      caption: CAPTIONS[kind ?? "neg"],
      title: region ?? cloudName(resource),
      lines: region === undefined ? [] : [findRegion(region)?.city ?? cloudName(resource)],
      marks: workload?.isDraining ? [{ text: "draining" }] : [],
      resources: [resource],
      region,
      isDraining: workload?.isDraining ?? false,
    });
    for (const service of this.servicesBehind(resource, region)) {
      this.edge(id, this.addWorkload(service), undefined, this.workloads.get(service.address)?.isDraining);
    }
    if (this.workloads.get(id)?.kind === "machines") this.addMachines(resource, region);
    // What else serverless NEGs lead to: Cloud Run of the first API, functions.
    for (const value of blocksOf(resource.values.cloud_run).map(({ service }) => service)) {
      const target = this.topology.document.target(value);
      if (target && !this.serviceBehind(resource)) this.edge(id, this.addTarget(value));
    }
    return id;
  }

  private serviceBehind(neg: Resource): Resource | undefined {
    return this.topology.cloudRunBehind(neg)?.service;
  }

  /** With a URL mask, the request says which service of the region it is for. */
  private servicesBehind(neg: Resource, region = ""): readonly Resource[] {
    const service = this.serviceBehind(neg);
    if (service) return [service];
    return blockOf(neg.values.cloud_run)?.url_mask === undefined ? [] : (this.serviceAt.get(region) ?? []);
  }

  private addMachines(manager: Resource, region: string | undefined): void {
    const group = this.topology.once(readInstanceGroups).find(({ resource }) => resource === manager);
    if (!group) return;
    const { templates, autoscaler, scaling } = group;
    const [template] = templates;
    const gpu = template && gpuOf(template);
    const size = text(manager.values.target_size);
    const count = scaling
      ? [`${text(scaling.min_replicas)} to ${text(scaling.max_replicas)} instances`]
      : size === "?"
        ? []
        : [size === "1" ? "1 instance" : `${size} instances`];
    const id = this.node(`machines of ${manager.address}`, {
      kind: "workload",
      caption: "Machines",
      title: textOf(template?.values.machine_type) ?? cloudName(manager),
      lines: [...(gpu ? [`GPU ${gpu}`] : []), ...(template && isSpot(template) ? ["Spot"] : []), ...count],
      resources: [...templates, ...(autoscaler ? [autoscaler] : [])],
      region,
    });
    this.edge(manager.address, id, undefined, this.workloads.get(manager.address)?.isDraining);
  }

  private addWorkload(resource: Resource): string {
    const id = resource.address;
    if (this.nodes.has(id)) return id;
    const workload = this.workloads.get(id);
    if (workload?.kind === "machines") return this.addRegion(resource, "instanceGroup", workload.region);
    const isDraining = workload?.isDraining ?? false;
    this.node(id, {
      kind: "workload",
      caption: CAPTIONS[workload?.kind ?? "service"],
      title: cloudName(resource),
      lines: runLines(resource, workload),
      marks: isDraining ? [{ text: "draining" }] : [],
      resources: [resource],
      region: workload?.region,
      isDraining,
    });
    const target = this.topology.cloudRunOf(resource);
    for (const neg of isDraining ? (target?.negs ?? []) : []) this.addRegion(neg, "serverlessNeg", workload?.region);
    return id;
  }

  private addBucket(resource: Resource): string {
    const location = textOf(resource.values.location);
    return this.node(resource.address, {
      kind: "bucket",
      caption: "Bucket",
      title: cloudName(resource),
      lines: location === undefined ? [] : [location.toLowerCase()],
      resources: [resource],
      region: findRegion(location?.toLowerCase() ?? "")?.name,
    });
  }

  private addPipelines(): void {
    for (const { subscription, topic, notifications, workloads, isPush, results } of pipelinesOf(this.topology)) {
      const region = workloads[0]?.region;
      const from = this.node(topic.address, {
        kind: "topic",
        caption: "Topic",
        title: cloudName(topic),
        resources: [topic],
        region,
      });
      const dead = this.topology.document.target(blockOf(subscription.values.dead_letter_policy)?.dead_letter_topic);
      const over = this.node(subscription.address, {
        kind: "subscription",
        caption: isPush ? "Push subscription" : "Pull subscription",
        title: cloudName(subscription),
        lines: dead ? [`dead letters: ${cloudName(dead)}`] : [],
        resources: [subscription],
        region,
      });
      for (const { bucket, resource } of notifications) {
        const id = this.addBucket(bucket);
        const node = this.nodes.get(id)!;
        if (!node.resources.includes(resource))
          this.nodes.set(id, { ...node, resources: [...node.resources, resource] });
        this.edge(id, from);
      }
      this.edge(from, over);
      for (const { resource } of workloads) {
        this.edge(over, this.addWorkload(resource));
        for (const bucket of results) this.edge(resource.address, this.addBucket(bucket));
      }
    }
  }

  private addTriggers(): void {
    const calls = callsOf(this.topology).map(({ resource, service }) => ({ resource, to: service }));
    const starts = startsOf(this.topology).map(({ resource, job }) => ({ resource, to: job }));
    for (const { resource, to } of [...calls, ...starts]) {
      if (this.nodes.has(resource.address)) continue;
      const schedule = textOf(resource.values.schedule);
      const id = this.node(resource.address, {
        kind: "trigger",
        caption: TRIGGERS[resource.type] ?? "Trigger",
        title: cloudName(resource),
        lines: schedule === undefined ? [] : [schedule],
        resources: [resource],
        region: textOf(resource.values.region),
      });
      this.edge(id, this.addWorkload(to));
    }
  }
}

const CAPTIONS: Readonly<Record<NonNullable<Group["kind"]> | RegionWorkload["kind"], string>> = {
  serverlessNeg: "Serverless NEG",
  internetNeg: "Internet NEG",
  neg: "NEG",
  instanceGroup: "Instance group",
  service: "Cloud Run service",
  job: "Cloud Run job",
  workerPool: "Worker pool",
  machines: "Machines",
};

const TRIGGERS: Readonly<Record<string, string>> = {
  google_pubsub_subscription: "Push subscription",
  google_cloud_scheduler_job: "Cloud Scheduler job",
  google_eventarc_trigger: "Eventarc trigger",
};

function marksOf({ securityPolicy, edgeSecurityPolicy, cdn, iap, resource: { values } }: Backend): PathMark[] {
  const policies: [PathMark["resource"], unknown, string][] = [
    [securityPolicy, values.security_policy, "Cloud Armor"],
    [edgeSecurityPolicy, values.edge_security_policy, "Cloud Armor edge"],
  ];
  return [
    ...policies.flatMap(([resource, value, text]) => (value ? [{ text, ...(resource ? { resource } : {}) }] : [])),
    ...(cdn ? [{ text: "Cloud CDN" }] : []),
    ...(iap ? [{ text: "IAP" }] : []),
  ];
}

/** What a resource is, by its type: "Target pool", "VPN gateway". */
function captionOf({ type }: Resource): string {
  const words = type.replace(/^google_(compute_)?/, "").replaceAll("_", " ");
  return words
    .replace(/\b(vpn|http|https|tcp|ssl|url)\b/g, (each) => each.toUpperCase())
    .replace("grpc", "gRPC")
    .replace("cloud run", "Cloud Run")
    .replace(/^[a-z](?!RPC)/, (each) => each.toUpperCase());
}

function text(value: unknown): string {
  return textOf(value) ?? (typeof value === "number" ? String(value) : "?");
}

const SHOWN = 3;

function few(all: readonly string[]): string[] {
  return all.length <= SHOWN ? [...all] : [...all.slice(0, SHOWN - 1), `and ${all.length - SHOWN + 1} more`];
}

/** Paths as they are written elsewhere: a prefix ends with `*`. */
function pathsOf({ block, kind }: Route, paths: readonly string[]): string[] {
  if (kind === "pathRule") return shownTexts(block.paths);
  if (kind !== "routeRule") return [...paths];
  const prefixes = blocksOf(block.match_rules).flatMap(({ prefix_match: prefix }) => textOf(prefix) ?? []);
  return paths.map((path) => (prefixes.includes(path) ? `${path}*` : path));
}

/** Headers and query parameters that a route asks for. */
function conditionsOf(block: Block): string[] {
  const matches = blocksOf(block.match_rules);
  const headers = matches.flatMap((match) =>
    blocksOf(match.header_matches).map(({ header_name: name, exact_match: exact }) => {
      return textOf(exact) === undefined ? `header ${text(name)}` : `${text(name)}: ${text(exact)}`;
    }),
  );
  const parameters = matches.flatMap((match) =>
    blocksOf(match.query_parameter_matches).map(({ name }) => `parameter ${text(name)}`),
  );
  return few([...headers, ...parameters]);
}

/** Image, size and instances. */
function runLines(resource: Resource, workload: RegionWorkload | undefined): string[] {
  const outer = blockOf(resource.values.template);
  const template = workload?.kind === "job" ? blockOf(outer?.template) : outer;
  const container = blocksOf(template?.containers)[0];
  const limits = blockOf(blockOf(container?.resources)?.limits);
  const size = [
    ...[limits?.cpu].map(text).flatMap((cpu) => (cpu === "?" ? [] : [`${cpu} CPU`])),
    ...[limits?.memory].map(text).filter((memory) => memory !== "?"),
    ...(workload?.gpu === undefined ? [] : [workload.gpu]),
  ];
  return [imageName(container?.image), size.join(", "), instancesOf(template, workload)].filter((each) => each !== "");
}

/** The last part of an image's name, without tag and digest. */
function imageName(image: unknown): string {
  if (typeof image !== "string") return "";
  return builtImage(image) ?? (textOf(image) ?? "").split("@")[0]?.split("/").at(-1) ?? "";
}

function instancesOf(template: Block | undefined, workload: RegionWorkload | undefined): string {
  if (workload?.kind === "job" || workload === undefined) return "";
  if (workload.warmInstances === undefined) return "";
  const least = String(workload.warmInstances);
  if (workload.kind === "workerPool") return least === "1" ? "1 instance" : `${least} instances`;
  const most = blockOf(template?.scaling)?.max_instance_count;
  return most === undefined
    ? `at least ${least === "1" ? "1 instance" : `${least} instances`}`
    : `${least} to ${text(most)} instances`;
}
