import { api, page, provider } from "../google/source";
import {
  backendServices,
  isBalanced,
  isHttp,
  isPassthrough,
  isServerless,
  type ListedGroup,
  listedGroups,
  partsOf,
  protocolOf,
  proxiedGroups,
  schemeOf,
} from "../topology/backends";
import { type Block, blockOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { isKnown, isSet, isUnset, numberOf, textOf, textOrDefault } from "../topology/value";
import { type Blame, type Rule, rule } from "./rule";

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
/** Settings that serverless NEGs do not support, and why; what is allowed all the same. */
const UNSUPPORTED: Readonly<Record<string, readonly [why: string, ...allowed: string[]]>> = {
  health_checks: ["Cloud Run fails over by readiness probes or outlier detection"],
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
    fix: "remove it; of a regional backend service, set load_balancing_scheme = EXTERNAL_MANAGED or INTERNAL_MANAGED",
    source: concepts,
    judge(backend, blame) {
      const { isGlobal, outlierDetection } = backend;
      const { values } = backend.resource;
      if (isPassthrough(backend)) blame("load_balancing_scheme", values.load_balancing_scheme, "passthrough");
      if (!isGlobal && outlierDetection) blame("outlier_detection", outlierDetection, "global ones only");
      for (const [name, [why, ...allowed]] of Object.entries(UNSUPPORTED)) {
        const value = name.split(".").reduce<unknown>((block, each) => blockOf(block)?.[each], values);
        const isKept = allowed.length > 0 && (!isKnown(value) || allowed.includes(value as string));
        if (isSet(value) && !isKept) blame(name, value, why);
      }
    },
  }),
  rule("backend-internet-health-check", services, {
    title: "a backend service over internet NEGs must not have a health check",
    fix: "remove health_checks",
    source: concepts,
    judge({ resource: { values }, groups }, blame) {
      const isInternet = groups.some(({ kind }) => kind === "internetNeg");
      if (isInternet && isSet(values.health_checks)) blame("health_checks", values.health_checks);
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
  rule("backend-serverless-product", serverless, {
    title: "the serverless NEGs of a backend service must lead to one product, which its load balancer can reach",
    why: "The API accepts one product. Regional and internal load balancers reach Cloud Run only, and App Engine has one region in a project.",
    fix: "give each product a backend service of its own and join them by URL map",
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
    fix: "give each kind a backend service of its own and join them by URL map",
    source: concepts,
    judge({ groups }, blame) {
      const known = groups.filter(({ kind }) => kind !== undefined);
      const other = known.find(({ kind }) => kind !== known[0]!.kind);
      if (other) blame(other.attribute, other.resource?.address, `${other.kind} beside ${known[0]!.kind}`);
    },
  }),
  rule("backend-health-check", services, {
    title: "a backend service over instance groups or zonal NEGs must have a health check",
    fix: "set health_checks to a google_compute_health_check",
    source: service("healthChecks"),
    judge({ resource: { values }, groups }, blame) {
      const needed = groups.find(isBalanced);
      if (needed && isUnset(values, "health_checks") && isUnset(values, "ha_policy"))
        blame("health_checks", undefined, needed.resource?.address);
    },
  }),
  rule("backend-region", (topology) => services(topology).filter(({ isGlobal }) => !isGlobal), {
    title: "the groups and health checks of a regional backend service must be in its region",
    fix: "use those of the backend service's region, or a global backend service",
    source: service("region"),
    judge(backend, blame, { document }) {
      const own = textOf(backend.resource.values.region);
      for (const { at, value, region = textOf(document.target(value)?.values.region) } of partsOf(backend))
        if (own !== undefined && region !== undefined && region !== own) blame(at, value, `in ${region}, not ${own}`);
    },
  }),
  rule("backend-project", services, {
    title: "the groups and health checks of a backend service must be in its project",
    why: "The API rejects it. A URL map may refer to a backend service of another project.",
    fix: "make the backend service in the project of its groups",
    source: page("load-balancing/docs/https"),
    judge(backend, blame, { document }) {
      const own = document.projectOf(backend.resource);
      if (own === undefined || schemeOf(backend) === "INTERNAL_SELF_MANAGED") return;
      for (const { at, value } of partsOf(backend)) {
        const target = document.target(value);
        const other = target ? document.projectOf(target) : /projects\/([a-z][^/$]*)\//.exec(textOf(value) ?? "")?.[1];
        if (other !== undefined && other !== own) blame(at, value, `in ${other}, not ${own}`);
      }
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
    title: "capacity must be per instance for instance groups, per endpoint for NEGs, not in total for regional groups",
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
    why: "The API rejects modes without a measure, such as the CPU of a NEG (UTILIZATION is the provider's default).",
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
    why: "The API rejects the second backend service. RATE and CONNECTION go together.",
    fix: "give all backend services over the group UTILIZATION, or RATE for requests and CONNECTION for streams",
    source: compute("Backend.balancingMode"),
    judge: ({ block, group }, blame) => blame("balancing_mode", block.balancing_mode, group.resource?.address),
  }),
];

/** The balancing modes that a group may have; undefined where that is not known. */
function modesFor({ group, backend }: ListedGroup): string[] | undefined {
  if (group.kind === "serverlessNeg") return ["UTILIZATION"];
  if (!isBalanced(group)) return undefined;
  if (schemeOf(backend) === "INTERNAL") return ["CONNECTION"];
  const protocol = protocolOf(backend);
  const modes = [
    ["UTILIZATION", group.kind === "instanceGroup"],
    ["RATE", !["TCP", "SSL", "UDP"].includes(protocol ?? "")],
    ["CONNECTION", !isHttp(protocol)],
  ] as const;
  return [...modes.flatMap(([mode, fits]) => (fits ? mode : [])), "CUSTOM_METRICS", "IN_FLIGHT"];
}

/** Listings of instance groups whose mode does not go with that of an earlier one. */
function incompatible(topology: Topology): ListedGroup[] {
  const modes = new Map<string, Set<string>>();
  return groups(topology).filter(({ group, block, backend }) => {
    const identity = topology.document.identity(block.group);
    const mode = modeOf(block);
    if (group.kind !== "instanceGroup" || identity === undefined || mode === undefined) return false;
    if (schemeOf(backend) === "INTERNAL" && mode !== "CONNECTION") return false;
    const seen = (modes.get(identity) ?? new Set()).add(mode);
    modes.set(identity, seen);
    return seen.has("UTILIZATION") && (seen.has("CONNECTION") || seen.has("RATE"));
  });
}

const portRules: readonly Rule[] = [
  rule("backend-named-port", (topology) => topology.once(proxiedGroups), {
    title: "an instance group behind a proxy load balancer must have the named port of its backend service",
    why: "Without the port of that name no instance counts as healthy: every request ends in 502 or 503.",
    fix: "add a named_port of that name to the group, or correct port_name on the backend service",
    source: service("portName"),
    judge({ backend, ports }, blame) {
      const name = textOf(backend.resource.values.port_name);
      if (name && !ports.includes(name)) blame("named_port", ports, `${backend.resource.address} sends to ${name}`);
    },
  }),
  rule("backend-named-port-default", (topology) => topology.once(proxiedGroups), {
    title: "an instance group behind a proxy load balancer must have a named port",
    advice: true,
    why: 'Without port_name the load balancer looks for a port named "http". Port 80 without a name may be meant.',
    fix: "add a named_port to the group and its name as port_name to the backend service",
    source: service("portName"),
    judge({ backend, ports }, blame) {
      if (!isUnset(backend.resource.values, "port_name")) return;
      if (protocolOf(backend) === "HTTP" ? !ports.includes("http") : ports.length === 0)
        blame("named_port", ports, backend.resource.address);
    },
  }),
];

/**
 * Backend services and the groups behind them. What single attributes may be is in
 * google/backend-service.ts.
 */
export const backendServiceRules: readonly Rule[] = [
  ...serverlessRules,
  ...groupRules,
  ...balancingRules,
  ...portRules,
];
