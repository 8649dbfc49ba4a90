import { api, page, provider, unconfirmed } from "../google/source";
import {
  backendServices,
  isBalanced,
  isHttp,
  isPassthrough,
  isServerless,
  type ListedGroup,
  listedGroups,
  protocolOf,
  schemeOf,
} from "../topology/backends";
import { type Block, blockOf, blocksOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { isComputed, isKnown, isSet, isUnset, numberOf, textOf, textOrDefault } from "../topology/value";
import { type Blame, blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const service = (field: string) => compute(`BackendService.${field}`);
const concepts = page("load-balancing/docs/negs/serverless-neg-concepts");
const overview = page("load-balancing/docs/backend-service");
const addBackend = page("sdk/gcloud/reference/compute/backend-services/add-backend");

const services = (topology: Topology) => topology.once(backendServices);
const serverless = (topology: Topology) => services(topology).filter(isServerless);
const groups = (topology: Topology) => topology.once(listedGroups);
const balanced = (topology: Topology) => groups(topology).filter(({ group }) => isBalanced(group));

const RATES = ["max_rate", "max_rate_per_instance", "max_rate_per_endpoint"];
const CONNECTIONS = ["max_connections", "max_connections_per_instance", "max_connections_per_endpoint"];
const PRODUCTS = ["cloud_run", "app_engine", "cloud_function", "serverless_deployment"];
const CAPACITY = ["max_utilization", ...RATES, ...CONNECTIONS];

/** The balancing mode that a group will have; undefined where Terraform computes it. */
function modeOf(block: Block): string | undefined {
  return textOrDefault(block.balancing_mode, "UTILIZATION");
}

function blameSet(names: readonly string[], block: Block, blame: Blame): void {
  for (const name of names) if (isSet(block[name]) && numberOf(block[name]) !== 0) blame(name, block[name]);
}

const NO_RATES = "only runs of errors and of gateway failures are counted";
/** Settings that do not go with serverless NEGs, and why; what is allowed all the same. */
const UNSUPPORTED: Readonly<Record<string, readonly [why: string, ...allowed: string[]]>> = {
  timeout_sec: ["it is always 60 minutes; set template.timeout on the Cloud Run service"],
  port_name: ["named ports belong to instance groups"],
  protocol: ["only Application Load Balancers have serverless NEGs", "HTTP", "HTTPS", "HTTP2", "H2C", "GRPC"],
  session_affinity: ["set template.session_affinity on the Cloud Run service", "NONE"],
  locality_lb_policy: ["Cloud Run balances by itself", "ROUND_ROBIN"],
  consistent_hash: ["Cloud Run balances by itself"],
  "outlier_detection.enforcing_success_rate": [NO_RATES],
  "outlier_detection.success_rate_minimum_hosts": [NO_RATES],
  "outlier_detection.success_rate_request_volume": [NO_RATES],
  "outlier_detection.success_rate_stdev_factor": [NO_RATES],
};

const serverlessRules: readonly Rule[] = [
  rule("backend-serverless-unsupported", serverless, {
    title: "a backend service over serverless NEGs must not have settings that they do not support",
    why: "The API rejects it, or it has no effect.",
    fix: "remove it",
    source: concepts,
    judge({ resource: { values }, isGlobal, outlierDetection }, blame) {
      if (!isGlobal && outlierDetection) blame("outlier_detection", outlierDetection, "global ones only");
      for (const [name, [why, ...allowed]] of Object.entries(UNSUPPORTED)) {
        const value = name.split(".").reduce<unknown>((block, each) => blockOf(block)?.[each], values);
        const isKept = allowed.length > 0 && (!isKnown(value) || allowed.includes(value as string));
        if (isSet(value) && !isKept) blame(name, value, why);
      }
    },
  }),
  rule("backend-serverless-health-check", services, {
    title: "a backend service over serverless or internet NEGs must not have a health check",
    why: "The API rejects it. Failover between Cloud Run regions comes from readiness probes or outlier detection.",
    fix: "remove health_checks; give the Cloud Run services readiness probes, or set outlier_detection",
    source: concepts,
    judge({ resource: { values }, groups }, blame) {
      const unwanted = groups.some(({ kind }) => kind === "serverlessNeg" || kind === "internetNeg");
      if (unwanted && isSet(values.health_checks)) blame("health_checks", values.health_checks);
    },
  }),
  rule("backend-serverless-capacity", groups, {
    title: "serverless NEGs must be listed without capacity",
    advice: true,
    why: "Capacity has no effect on serverless NEGs: no rate limit, and capacity_scaler = 0 does not drain the region.",
    fix: "give only group (and capacity_scaler = 1 on a regional backend service); to drain a region, remove its NEG",
    source: concepts,
    judge({ group, block, backend }, blame) {
      if (group.kind !== "serverlessNeg") return;
      const scaler = numberOf(block.capacity_scaler) ?? 1;
      if (backend.isGlobal && scaler !== 1) blame("capacity_scaler", scaler);
      blameSet(CAPACITY, block, blame);
    },
  }),
  rule("backend-serverless-scheme", serverless, {
    title: "a regional backend service over a serverless NEG must have a managed scheme",
    why: "INTERNAL (the default) and EXTERNAL are passthrough load balancers, which do not support serverless NEGs.",
    fix: "set load_balancing_scheme = EXTERNAL_MANAGED or INTERNAL_MANAGED",
    source: concepts,
    judge(backend, blame) {
      if (isPassthrough(backend)) blame("load_balancing_scheme", backend.resource.values.load_balancing_scheme);
    },
  }),
  rule("backend-serverless-product", serverless, {
    title: "the serverless NEGs of a backend service must lead to one product, which its load balancer can reach",
    why: "The API accepts one product in a backend service. Regional and internal load balancers reach Cloud Run (and 2nd gen functions) only; App Engine has one region in a project, so NEGs elsewhere lead nowhere.",
    fix: "give each product a backend service of its own and join them by URL map, or move the service to Cloud Run",
    source: concepts,
    judge({ groups, isGlobal, scheme }, blame) {
      const known = groups.flatMap(({ resource, region, attribute }) => {
        const product = PRODUCTS.find((name) => isSet(resource?.values[name]));
        return product ? [{ attribute, product, region }] : [];
      });
      for (const { attribute, product, region } of known) {
        const first = known[0]!;
        const isFar = product === "app_engine" && region !== undefined && first.region && region !== first.region;
        const isOut =
          (!isGlobal || scheme === "INTERNAL_MANAGED") && ["app_engine", "cloud_function"].includes(product);
        if (product !== first.product) return blame(attribute, product, `beside ${first.product}`);
        if (isFar || isOut) return blame(attribute, product, isFar ? `in ${region}, too` : "not Cloud Run");
      }
    },
  }),
];

const groupRules: readonly Rule[] = [
  rule("backend-mixed-groups", services, {
    title: "a backend service must have one kind of group: serverless NEGs, other NEGs, or instance groups",
    why: "The API rejects a mixture.",
    fix: "give each kind a backend service of its own and join them by URL map",
    source: concepts,
    judge({ groups }, blame) {
      const known = groups.filter(({ kind }) => kind !== undefined);
      const other = known.find(({ kind }) => kind !== known[0]!.kind);
      if (other) blame(other.attribute, other.resource?.address, `${other.kind} beside ${known[0]!.kind}`);
    },
  }),
  rule("backend-duplicate-group", services, {
    title: "a backend service must list each group once",
    why: "The API rejects a group that is listed twice.",
    fix: "remove the second entry",
    source: service("backends"),
    judge({ groups }, blame, { document }) {
      const seen = new Set<string>();
      for (const { block, attribute } of groups) {
        const identity = document.identity(block.group);
        if (identity === undefined) continue;
        if (seen.has(identity)) blame(`${attribute}.group`, block.group);
        seen.add(identity);
      }
    },
  }),
  rule("backend-health-check", services, {
    title: "a backend service over instance groups or zonal NEGs must have a health check",
    why: "The API rejects it without one.",
    fix: "set health_checks to a google_compute_health_check",
    source: service("healthChecks"),
    judge({ resource: { values }, groups }, blame) {
      const needed = groups.find(isBalanced);
      if (needed && isUnset(values, "health_checks") && isUnset(values, "ha_policy"))
        blame("health_checks", undefined, needed.resource?.address);
    },
  }),
  rule("backend-health-check-scope", services, {
    title: "a regional health check must be used by backend services of its region only",
    why: "The API rejects a regional health check on a global backend service, and one of another region.",
    fix: "use a health check of the backend service's region, or google_compute_health_check",
    source: service("healthChecks"),
    judge({ resource: { values }, isGlobal }, blame, { document }) {
      for (const check of [values.health_checks].flat()) {
        const used = document.target(check);
        if (used?.type !== "google_compute_region_health_check") continue;
        const [own, other] = [textOf(values.region), textOf(used.values.region)];
        if (isGlobal || (own && other && own !== other))
          blame("health_checks", check, `${other ?? "regional"}, not ${isGlobal ? "global" : own}`);
      }
    },
  }),
  rule("backend-health-check-regional", services, {
    title: "a regional external backend service must have a regional health check",
    why: "Google documents regional health checks for the regional external Application Load Balancer. No refusal of a global one was found.",
    fix: "use a google_compute_region_health_check of the backend service's region",
    source: unconfirmed("docs.cloud.google.com/load-balancing/docs/health-check-concepts"),
    judge({ resource: { values }, isGlobal, scheme }, blame, { document }) {
      if (isGlobal || scheme !== "EXTERNAL_MANAGED") return;
      for (const check of [values.health_checks].flat())
        if (document.target(check)?.type === "google_compute_health_check") blame("health_checks", check);
    },
  }),
  rule("backend-group-region", groups, {
    title: "the groups of a regional backend service must be in its region",
    why: "The API rejects a group of another region.",
    fix: "use a group of the backend service's region, or a global backend service",
    source: service("region"),
    judge({ resource: { values }, group: { region }, backend }, blame) {
      const own = textOf(values.region);
      if (!backend.isGlobal && own !== undefined && region !== undefined && region !== own)
        blame("", region, `the backend service is in ${own}`);
    },
  }),
  rule("backend-group-project", services, {
    title: "the groups and health checks of a backend service must be in its project",
    why: "The API rejects it: cross-project referencing is not allowed for them. A URL map may refer to a backend service of another project.",
    fix: "make the backend service in the project of its groups",
    source: page("load-balancing/docs/https"),
    judge(backend, blame, { document }) {
      const { values } = backend.resource;
      const own = document.projectOf(backend.resource);
      if (own === undefined || schemeOf(backend) === "INTERNAL_SELF_MANAGED") return;
      const groups = backend.groups.map(({ attribute, block }) => ({ at: `${attribute}.group`, value: block.group }));
      const checks = [values.health_checks].flat().map((value) => ({ at: "health_checks", value }));
      for (const { at, value } of [...groups, ...checks]) {
        const target = document.target(value);
        const other = target ? document.projectOf(target) : /projects\/([a-z][^/$]*)\//.exec(textOf(value) ?? "")?.[1];
        if (other !== undefined && other !== own) blame(at, value, `in ${other}, not ${own}`);
      }
    },
  }),
  rule("backend-all-drained", services, {
    title: "at least one group of a backend service must have capacity",
    why: "With capacity_scaler = 0 on all of them nothing is served; the API rejects it where there is only one group.",
    fix: "set capacity_scaler = 1 on a group that is to serve",
    source: compute("Backend.capacityScaler"),
    judge({ groups, groupsKnown }, blame) {
      const isDrained = groups.length > 0 && groups.every(({ block }) => numberOf(block.capacity_scaler) === 0);
      if (groupsKnown && isDrained) blame(`${groups[0]!.attribute}.capacity_scaler`, 0);
    },
  }),
  rule("backend-region-capacity", groups, {
    title: "each group of a regional EXTERNAL_MANAGED backend service must have a capacity_scaler",
    why: "The provider takes a missing one for 0, and its plan fails when all are 0; beside others, the group is drained without a word. Serverless NEGs are no exception.",
    fix: "set capacity_scaler = 1 in each backend block",
    source: provider("google_compute_region_backend_service 7.45.0", "plan"),
    judge({ block, backend }, blame) {
      if (!backend.isGlobal && backend.scheme === "EXTERNAL_MANAGED" && isUnset(block, "capacity_scaler"))
        blame("capacity_scaler", undefined);
    },
  }),
  rule("backend-passthrough-capacity", groups, {
    title: "the groups of a passthrough backend service must not have capacity settings",
    why: "The provider's plan fails: the API rejects them for the schemes INTERNAL (the default) and EXTERNAL of a regional backend service.",
    fix: "remove capacity_scaler and the max_ attributes, or set a managed scheme",
    source: provider("google_compute_region_backend_service 7.45.0", "plan"),
    judge({ block, backend }, blame) {
      if (isPassthrough(backend)) blameSet(["capacity_scaler", ...CAPACITY], block, blame);
    },
  }),
  rule("backend-preference-scheme", groups, {
    title: "preference must not be set on the classic load balancer (scheme EXTERNAL)",
    why: "The API rejects it.",
    fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or remove preference",
    source: provider("google_compute_backend_service 7.45.0"),
    judge({ block, backend }, blame) {
      if (schemeOf(backend) === "EXTERNAL" && isSet(block.preference)) blame("preference", block.preference);
    },
  }),
  rule("backend-failover-group", services, {
    title: "failover_policy must have a group with failover = true",
    why: "Without a backup group there is nothing to fail over to.",
    fix: "set failover = true in one of the backend blocks",
    source: unconfirmed("Compute API v1, BackendService.failoverPolicy"),
    judge({ resource: { values }, groups }, blame) {
      if (!isSet(values.failover_policy) || groups.length === 0 || isComputed(values, "backend")) return;
      if (groups.every(({ block }) => isUnset(block, "failover") || block.failover === false))
        blame("failover_policy", values.failover_policy);
    },
  }),
];

const balancingRules: readonly Rule[] = [
  rule("backend-capacity-target", balanced, {
    title: "balancing mode RATE must have a rate, and CONNECTION of a proxy a number of connections",
    why: "The API rejects either mode without a target; only passthrough load balancers have none.",
    fix: "set the _per_instance attribute for an instance group, the _per_endpoint one for a NEG",
    source: provider("google_compute_backend_service 7.45.0"),
    judge({ block, backend }, blame) {
      if (schemeOf(backend) === undefined || isPassthrough(backend)) return;
      const names = { RATE: RATES, CONNECTION: CONNECTIONS }[modeOf(block) ?? ""] ?? [];
      if (names.length > 0 && names.every((name) => isUnset(block, name))) blame(names[0]!, undefined);
    },
  }),
  rule("backend-capacity-kind", balanced, {
    title:
      "capacity must be per instance for instance groups, per endpoint for NEGs, and never in total for regional groups",
    why: "The API rejects the others: max_rate and max_connections are for zonal and unmanaged instance groups and for NEGs.",
    fix: "use the _per_instance attributes for instance groups and the _per_endpoint ones for NEGs",
    source: addBackend,
    judge({ block, group, backend }, blame) {
      if (isPassthrough(backend)) return;
      const wrong = group.kind === "instanceGroup" ? "endpoint" : "instance";
      const isRegional = group.resource?.type === "google_compute_region_instance_group_manager";
      const total = isRegional ? ["max_rate", "max_connections"] : [];
      blameSet([`max_rate_per_${wrong}`, `max_connections_per_${wrong}`, ...total], block, blame);
    },
  }),
  rule("backend-mode", groups, {
    title: "the balancing mode must fit the group and the load balancer",
    why: "The API rejects modes without a measure: requests where there are none, connections of HTTP, the CPU of a NEG (UTILIZATION is the provider's default), any mode of a serverless NEG, and all but CONNECTION on internal passthrough load balancers.",
    fix: "set balancing_mode to one that fits, with its target; remove it for serverless NEGs",
    source: overview,
    judge(listed, blame) {
      const [mode, modes] = [modeOf(listed.block), modesFor(listed)];
      if (mode && modes && !modes.includes(mode))
        blame("balancing_mode", listed.block.balancing_mode, `${modes.join(", ")} fit`);
    },
  }),
  rule("backend-instance-group-modes", (topology) => topology.once(incompatible), {
    title: "an instance group must not be balanced by UTILIZATION here and by RATE or CONNECTION there",
    why: "The API rejects the second backend service: both refer to one instance group, but have incompatible balancing modes. RATE and CONNECTION go together.",
    fix: "give all backend services over the group UTILIZATION, or RATE for requests and CONNECTION for streams; or a group of its own",
    source: compute("Backend.balancingMode"),
    judge({ block, group }, blame) {
      blame("balancing_mode", block.balancing_mode, group.resource?.address);
    },
  }),
];

/** The balancing modes that a group may have; undefined where that is not known. */
function modesFor({ group, backend }: ListedGroup): string[] | undefined {
  if (group.kind === "serverlessNeg") return ["UTILIZATION"];
  if (!isBalanced(group)) return undefined;
  if (isInternalPassthrough(backend)) return ["CONNECTION"];
  const protocol = protocolOf(backend);
  const modes = [
    ["UTILIZATION", group.kind === "instanceGroup"],
    ["RATE", !["TCP", "SSL", "UDP"].includes(protocol ?? "")],
    ["CONNECTION", !isHttp(protocol)],
  ] as const;
  return [...modes.flatMap(([mode, fits]) => (fits ? mode : [])), "CUSTOM_METRICS", "IN_FLIGHT"];
}

function isInternalPassthrough(backend: ListedGroup["backend"]): boolean {
  return isPassthrough(backend) && schemeOf(backend) === "INTERNAL";
}

/** Listings of instance groups whose mode does not go with that of an earlier one. */
function incompatible(topology: Topology): ListedGroup[] {
  const modes = new Map<string, Set<string>>();
  return groups(topology).filter(({ group, block, backend }) => {
    const identity = topology.document.identity(block.group);
    const mode = modeOf(block);
    if (group.kind !== "instanceGroup" || identity === undefined || mode === undefined) return false;
    if (isInternalPassthrough(backend) && mode !== "CONNECTION") return false;
    const seen = (modes.get(identity) ?? new Set()).add(mode);
    modes.set(identity, seen);
    return seen.has("UTILIZATION") && (seen.has("CONNECTION") || seen.has("RATE"));
  });
}

const MANAGERS = ["google_compute_instance_group_manager", "google_compute_region_instance_group_manager"];

/** Managed instance groups behind proxies whose named ports are all known, once for each backend service. */
function proxied(topology: Topology) {
  return groups(topology).flatMap(({ group: { resource }, backend }) => {
    if (!resource || !MANAGERS.includes(resource.type) || isPassthrough(backend) || schemeOf(backend) === undefined)
      return [];
    const elsewhere = topology.referrers(resource.address).map(({ type }) => type);
    const ports = blocksOf(resource.values.named_port).map(({ name }) => textOf(name));
    if (isComputed(resource.values, "named_port") || ports.includes(undefined)) return [];
    return elsewhere.includes("google_compute_instance_group_named_port") ? [] : [{ resource, backend, ports }];
  });
}

const portRules: readonly Rule[] = [
  rule("backend-named-port", (topology) => topology.once(proxied), {
    title: "an instance group behind a proxy load balancer must have the named port of its backend service",
    why: "The load balancer finds the port by its name: without it no instance counts as healthy, and every request ends in 502 or 503.",
    fix: "add a named_port of that name to the group, or correct port_name on the backend service",
    source: service("portName"),
    judge({ backend, ports }, blame) {
      const name = textOf(backend.resource.values.port_name);
      if (name && !ports.includes(name)) blame("named_port", ports, `${backend.resource.address} sends to ${name}`);
    },
  }),
  rule("backend-named-port-default", (topology) => topology.once(proxied), {
    title: "an instance group behind a proxy load balancer must have a named port",
    advice: true,
    why: 'Without port_name the load balancer looks for a port named "http". Google\'s own walk-throughs serve port 80 without any, so it may be meant.',
    fix: "add a named_port to the group and its name as port_name to the backend service",
    source: service("portName"),
    judge({ backend, ports }, blame) {
      if (!isUnset(backend.resource.values, "port_name")) return;
      if (protocolOf(backend) === "HTTP" ? !ports.includes("http") : ports.length === 0)
        blame("named_port", ports, backend.resource.address);
    },
  }),
  rule("backend-proxy-header", (topology) => topology.once(checksOfProxies), {
    title: "a health check of a port that expects the PROXY protocol must send it, too",
    why: "With proxy_header = PROXY_V1 on the proxy, machines take the first line of a connection for the client's address: a health check without it fails everywhere. A machine may take both.",
    fix: "set proxy_header = PROXY_V1 in the health check, or check by TCP or another port",
    source: unconfirmed("haproxy.org, PROXY protocol specification, section 2"),
    judge({ resource: { values }, proxy, ports }, blame) {
      // A TCP check only opens the connection.
      for (const kind of ["http", "https", "http2", "ssl", "grpc"].map((each) => `${each}_health_check`)) {
        const block = blockOf(values[kind]);
        if (!block || textOrDefault(block.proxy_header, "NONE") !== "NONE") continue;
        const port = isUnset(block, "port") ? (kind.startsWith("http_") ? 80 : 443) : numberOf(block.port);
        if (block.port_specification === "USE_SERVING_PORT" || (port !== undefined && ports.includes(port)))
          blame(`${kind}.proxy_header`, block.proxy_header, proxy);
      }
    },
  }),
];

/** The health checks behind proxies that send the PROXY protocol, with the ports that serve there. */
function checksOfProxies(topology: Topology) {
  const proxies = ["target_tcp_proxy", "target_ssl_proxy", "region_target_tcp_proxy"];
  return blocks(proxies.map((kind) => `google_compute_${kind}`).join("|"))(topology).flatMap(({ resource, block }) => {
    const backend = topology.backendOf(topology.document.target(block.backend_service));
    const values = backend?.resource.values ?? {};
    const check = topology.document.target([values.health_checks].flat()[0]);
    if (block.proxy_header !== "PROXY_V1" || !check || check.isData) return [];
    const named = (backend?.groups ?? []).flatMap((group) => blocksOf(group.resource?.values.named_port));
    const ports = named.filter(({ name }) => name === values.port_name).map(({ port }) => numberOf(port));
    return [{ resource: check, proxy: resource.address, ports }];
  });
}

/** Backend services and the groups behind them. What single attributes may be is in google/backend-service.ts. */
export const backendServiceRules: readonly Rule[] = [
  ...serverlessRules,
  ...groupRules,
  ...balancingRules,
  ...portRules,
];
