import { gpuMachineSize } from "../google/machine-types";
import { FREE, findPrice, HOURS_PER_MONTH, type PriceOverrides, SECONDS_PER_MONTH } from "../google/prices";
import { sourceText } from "../google/source";
import { quantity } from "../language/quantity";
import type { CloudRunTarget } from "../topology/cloud-run-targets";
import { type Block, blockOf, blocksOf, isBlock, type Resource } from "../topology/document";
import { type ManagedGroup, readInstanceGroups } from "../topology/instance-groups";
import type { Topology } from "../topology/topology";
import { booleanOf, isUnset, numberOf, textOf } from "../topology/value";

/** Something that costs as long as it is there, whether it is used or not. */
export interface CostItem {
  /** Of the resource; of all rules together where they are priced together. */
  readonly address: string;
  readonly path?: string;
  readonly region?: string;
  readonly what: string;
  /** How many units a month. */
  readonly quantity: number;
  readonly unit: string;
  /** Undefined where the price is not known. */
  readonly usdPerMonth?: number;
  /** The price that was used, or the one that is missing: `cloud-run/nvidia-l4@tier1`. */
  readonly price: string;
  /** Where the price stands. */
  readonly source?: string;
}

/** Something without a price: what is missing is said, not guessed. */
export interface Unpriced {
  readonly address: string;
  readonly path?: string;
  readonly why: string;
}

export interface Cost {
  readonly items: readonly CostItem[];
  /** The sum of the items with a known price. */
  readonly usdPerMonth: number;
  /** Resources that cost as long as they are there, but without a price here. */
  readonly unpriced: readonly Unpriced[];
  /** Resource types that cost by use. */
  readonly byUse: readonly string[];
}

/** How a resource type is billed. */
export type Billing = "free" | "standing" | "use" | "unknown";

/** Billed by what goes through them or is kept in them. */
const BY_USE: Readonly<Record<string, string>> = {
  google_storage_bucket: "stored GiB, operations, egress",
  google_artifact_registry_repository: "stored GiB, egress",
  google_cloud_run_v2_job: "vCPU-seconds and GiB-seconds of executions",
  google_pubsub_topic: "published bytes",
  google_pubsub_subscription: "delivered bytes",
  google_cloud_tasks_queue: "operations",
  google_eventarc_trigger: "delivered events",
  google_logging_metric: "ingested samples",
  google_project_iam_audit_config: "ingested log entries",
  google_logging_project_bucket_config: "stored GiB",
  google_bigquery_dataset: "stored GiB, queries",
  google_workflows_workflow: "executed steps",
  google_monitoring_uptime_check_config: "executions",
  google_monitoring_alert_policy: "conditions, and time series that their queries return",
  google_compute_region_network_firewall_policy: "evaluated traffic, where it has rules of firewall plus",
  google_compute_network_firewall_policy: "evaluated traffic, where it has rules of firewall plus",
};

type Reader = (resource: Resource, context: Context) => Line[];

/** A line before its price is looked up. */
interface Line {
  readonly what: string;
  readonly price: string;
  readonly region?: string;
  readonly quantity: number;
  readonly unit: string;
}

interface Context {
  readonly topology: Topology;
  readonly groups: ReadonlyMap<string, ManagedGroup>;
}

/** The item is there, but how many there will be is known only to Terraform. */
export class NotKnown extends Error {}

const READERS: Readonly<Record<string, Reader>> = {
  google_cloud_run_v2_service: cloudRunService,
  google_compute_region_instance_group_manager: machines,
  google_compute_instance_group_manager: machines,
  google_compute_instance: ({ values }) => machine(values, regionOf(values), 1),
  google_compute_disk: ({ values }) => [disk(values.type, values.size, regionOf(values), 1)],
  google_compute_security_policy: policy,
  google_compute_region_security_policy: policy,
  google_compute_security_policy_rule: () => [policyRules(1)],
  google_compute_region_security_policy_rule: () => [policyRules(1)],
  google_compute_router_nat: nat,
  google_compute_address: address,
  google_dns_managed_zone: () => [{ what: "zone", price: "dns/zone", quantity: HOURS_PER_MONTH, unit: "zone-hours" }],
};

/** Priced together, below. */
const GLOBAL_RULE = "google_compute_global_forwarding_rule";

/** How a type is billed; grants are free, and what no list here names is unknown. */
export function billingOf(type: string): Billing {
  if (FREE.has(type) || /_iam_(member|binding|policy)$/.test(type)) return "free";
  if (type in READERS || type === GLOBAL_RULE) return "standing";
  return type in BY_USE ? "use" : "unknown";
}

/**
 * What a document costs a month while nobody uses it, at list prices.
 *
 * @param overrides Own prices.
 */
export function costOf(topology: Topology, overrides: PriceOverrides = {}): Cost {
  const items: CostItem[] = [];
  const unpriced: Unpriced[] = [];
  const byUse = new Set<string>();
  const groups = new Map(topology.once(readInstanceGroups).map((group) => [group.resource.address, group]));
  for (const resource of topology.document.resources) {
    if (resource.isData) continue;
    const { address, path, type } = resource;
    const billing = billingOf(type);
    if (billing === "use") byUse.add(`${type}: ${BY_USE[type]}`);
    if (billing === "unknown") unpriced.push({ address, path, why: `no price of ${type} in the list` });
    const read = READERS[type];
    if (!read) continue;
    try {
      const copies = copiesOf(resource);
      for (const line of read(resource, { topology, groups })) {
        items.push(priced(resource, { ...line, quantity: line.quantity * copies }, overrides));
      }
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      unpriced.push({ address, path, why: error.message });
    }
  }
  items.push(...globalRules(topology, overrides));
  for (const { usdPerMonth, address, path, price } of items) {
    if (usdPerMonth === undefined) unpriced.push({ address, path, why: `no price of ${price} in the list` });
  }
  const known = items.reduce((sum, each) => sum + (each.usdPerMonth ?? 0), 0);
  return { items, usdPerMonth: known, unpriced, byUse: [...byUse].sort() };
}

function priced(
  { address, path }: Pick<Resource, "address" | "path">,
  line: Line,
  overrides: PriceOverrides,
): CostItem {
  const { price: id, region, ...rest } = line;
  const found = findPrice(id, region, overrides);
  const place = { address, ...(path === undefined ? {} : { path }), ...(region === undefined ? {} : { region }) };
  if (!found) return { ...place, ...rest, price: region === undefined ? id : `${id}@${region}` };
  const price = found.where === undefined ? id : `${id}@${found.where}`;
  return { ...place, ...rest, usdPerMonth: line.quantity * found.usd, price, source: sourceText(found.source) };
}

/** The first five rules have one price together, the others each their own. */
function globalRules(topology: Topology, overrides: PriceOverrides): CostItem[] {
  const rules = topology.document.ofType(GLOBAL_RULE);
  if (rules.length === 0) return [];
  const count = rules.reduce((sum, rule) => sum + (numberOf(rule.values.count) ?? 1), 0);
  const all = { address: GLOBAL_RULE };
  const first = {
    what: "first 5 rules",
    price: "load-balancing/global-rules",
    quantity: HOURS_PER_MONTH,
    unit: "hours",
  };
  const more = {
    what: "more rules",
    price: "load-balancing/more-global-rules",
    quantity: (count - 5) * HOURS_PER_MONTH,
    unit: "rule-hours",
  };
  return [first, ...(count > 5 ? [more] : [])].map((line) => priced(all, line, overrides));
}

function copiesOf({ values }: Resource): number {
  if (values.for_each !== undefined) {
    if (isBlock(values.for_each) || Array.isArray(values.for_each)) return Object.keys(values.for_each).length;
    throw new NotKnown("for_each is known at apply only");
  }
  return values.count === undefined ? 1 : known(values.count, "count");
}

function known(value: unknown, what: string): number {
  const number = numberOf(value);
  if (number === undefined) throw new NotKnown(`${what} is known at apply only`);
  return number;
}

function cloudRunService(resource: Resource, { topology }: Context): Line[] {
  const target = topology.cloudRunOf(resource);
  if (!target) return [];
  const { minInstances: least, region } = target;
  if (least === undefined) throw new NotKnown("min_instance_count is known at apply only");
  if (least === 0) return [];
  const size = instanceSize(target);
  const seconds = least * SECONDS_PER_MONTH;
  const kind = size.isBilledByRequest ? "idle" : "instance";
  const times = least === 1 ? "1 minimum instance" : `${least} minimum instances`;
  const line = (what: string, price: string, amount: number, unit: string): Line => ({
    what: `${what} of ${times}`,
    price,
    region,
    quantity: amount * seconds,
    unit,
  });
  return [
    line(`${size.cpu} vCPU`, `cloud-run/${kind}-cpu`, size.cpu, "vCPU-seconds"),
    line(`${size.memoryGiB} GiB`, `cloud-run/${kind}-memory`, size.memoryGiB, "GiB-seconds"),
    ...(size.gpu === undefined ? [] : [line(size.gpu, `cloud-run/${size.gpu}`, 1, "GPU-seconds")]),
  ];
}

/** What one instance of a Cloud Run service has, and how it is billed. */
export interface InstanceSize {
  readonly cpu: number;
  readonly memoryGiB: number;
  /** The price of its GPU: `nvidia-l4-zonal-redundancy`. */
  readonly gpu?: string;
  readonly isBilledByRequest: boolean;
}

/** @throws NotKnown where Terraform computes it. */
export function instanceSize({ containers, template, accelerator }: CloudRunTarget): InstanceSize {
  const limits = containers.map(({ resources }) => blockOf(resources)?.limits as Block | undefined);
  const sum = (name: string, standard: number) =>
    limits.reduce((total, each) => {
      const value = each?.[name] === undefined ? standard : quantity(each[name]);
      if (value === undefined) throw new NotKnown(`limits.${name} is known at apply only`);
      return total + value;
    }, 0);
  const isRedundant = booleanOf(template?.gpu_zonal_redundancy_disabled) !== true;
  return {
    cpu: sum("cpu", 1),
    memoryGiB: sum("memory", 512 * 2 ** 20) / 2 ** 30,
    ...(accelerator === undefined ? {} : { gpu: `${accelerator}${isRedundant ? "-zonal-redundancy" : ""}` }),
    isBilledByRequest: containers.every(({ resources }) => booleanOf(blockOf(resources)?.cpu_idle) !== false),
  };
}

/** What an instance costs a second, and the prices that are missing for it. */
export function instanceUsdPerSecond(
  size: InstanceSize,
  region: string | undefined,
  state: "serving" | "idle",
  overrides: PriceOverrides = {},
): { readonly usd: number; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const usdOf = (id: string) => {
    const found = findPrice(id, region, overrides);
    if (!found) missing.push(region === undefined ? id : `${id}@${region}`);
    return found?.usd ?? 0;
  };
  const kind = size.isBilledByRequest ? (state === "idle" ? "idle" : "request") : "instance";
  const usd =
    size.cpu * usdOf(`cloud-run/${kind}-cpu`) +
    size.memoryGiB * usdOf(`cloud-run/${kind}-memory`) +
    (size.gpu === undefined ? 0 : usdOf(`cloud-run/${size.gpu}`));
  return { usd, missing };
}

function machines(resource: Resource, { groups }: Context): Line[] {
  const group = groups.get(resource.address);
  const least = group?.scaling?.min_replicas ?? resource.values.target_size;
  const count = known(least ?? 0, group?.scaling ? "min_replicas" : "target_size");
  const template = group?.templates[0];
  if (!template) throw new NotKnown("its template is not in this document");
  return count === 0 ? [] : machine(template.values, group.region, count);
}

function machine(values: Block, region: string | undefined, count: number): Line[] {
  const type = textOf(values.machine_type);
  if (type === undefined) throw new NotKnown("machine_type is known at apply only");
  if (blockOf(values.scheduling)?.provisioning_model === "SPOT") {
    throw new NotKnown("Spot prices change from day to day");
  }
  const size = gpuMachineSize(type);
  const times = `${count} ×`;
  const disks = blocksOf(values.disk ?? values.boot_disk).map((each) => {
    const { disk_type = each.type, disk_size_gb = each.size } = { ...each, ...blockOf(each.initialize_params) };
    return disk(disk_type, disk_size_gb, region, count);
  });
  const hours = count * HOURS_PER_MONTH;
  if (type.startsWith("g2-") && size) {
    return [
      {
        what: `${times} ${type}`,
        price: "compute/g2",
        region,
        quantity: size.vcpus * hours,
        unit: "vCPU-hours with 4 GiB",
      },
      {
        what: `${times} ${size.gpus.count} ${size.gpus.type}`,
        price: "compute/nvidia-l4",
        region,
        quantity: size.gpus.count * hours,
        unit: "GPU-hours",
      },
      ...disks,
    ];
  }
  return [
    { what: `${times} ${type}`, price: `compute/${type}`, region, quantity: hours, unit: "machine-hours" },
    ...disks,
  ];
}

function disk(type: unknown, size: unknown, region: string | undefined, count: number): Line {
  const kind = textOf(type)?.split("/").at(-1) ?? "pd-standard";
  const gib = size === undefined ? 10 : known(size, "the disk's size");
  return {
    what: `${count} × ${gib} GiB ${kind}`,
    price: `disk/${kind}`,
    region,
    quantity: count * gib,
    unit: "GiB-months",
  };
}

/** Regions of zonal resources, too. */
function regionOf({ region, zone }: Block): string | undefined {
  return textOf(region) ?? textOf(zone)?.replace(/-[a-z]$/, "");
}

function policy({ values }: Resource): Line[] {
  const rules = Array.isArray(values.rule) || isBlock(values.rule) ? blocksOf(values.rule).length : 0;
  return [
    { what: "policy", price: "cloud-armor/policy", quantity: 1, unit: "policy-months" },
    ...(rules > 0 ? [policyRules(rules)] : []),
  ];
}

function policyRules(count: number): Line {
  return {
    what: `${count} rule${count === 1 ? "" : "s"}`,
    price: "cloud-armor/rule",
    quantity: count,
    unit: "rule-months",
  };
}

/** One price for each machine behind it, up to 32; nothing is known of Cloud Run's instances. */
function nat({ values }: Resource, { groups }: Context): Line[] {
  const region = textOf(values.region);
  const behind = [...groups.values()].filter((group) => group.region === region);
  const count = behind.reduce((sum, { scaling, resource }) => {
    return sum + (numberOf(scaling?.min_replicas ?? resource.values.target_size) ?? 0);
  }, 0);
  const automatic = isUnset(values, "nat_ips") ? 1 : 0;
  const line = (what: string, price: string, number: number, unit: string) => ({
    what,
    price,
    region,
    quantity: number * HOURS_PER_MONTH,
    unit,
  });
  return [
    ...(count > 0
      ? [
          line(
            count === 1 ? "1 machine" : `${Math.min(count, 32)} machines`,
            "nat/machine",
            Math.min(count, 32),
            "machine-hours",
          ),
        ]
      : []),
    ...(automatic > 0 ? [line("1 automatic address", "network/address-in-use", 1, "address-hours")] : []),
  ];
}

/** An address that a load balancer uses costs nothing, one of Cloud NAT does. */
function address(resource: Resource, { topology }: Context): Line[] {
  if (textOf(resource.values.address_type) === "INTERNAL") return [];
  const users = topology.referrers(resource.address);
  if (users.some(({ type }) => type === "google_compute_forwarding_rule")) return [];
  const region = textOf(resource.values.region);
  return [
    { what: "address", price: "network/address-in-use", region, quantity: HOURS_PER_MONTH, unit: "address-hours" },
  ];
}

/** How the cost of two synths differs: items that are new, gone, or have another price. */
export interface CostChange {
  readonly address: string;
  readonly what: string;
  readonly before: number;
  readonly after: number;
}

export function compareCosts(before: Cost, after: Cost): CostChange[] {
  const sums = (cost: Cost) => {
    const byAddress = new Map<string, { usd: number; what: string[] }>();
    for (const { address, what, usdPerMonth = 0 } of cost.items) {
      const known = byAddress.get(address) ?? { usd: 0, what: [] };
      byAddress.set(address, { usd: known.usd + usdPerMonth, what: [...known.what, what] });
    }
    return byAddress;
  };
  const [old, now] = [sums(before), sums(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((address) => {
    const [was, is] = [old.get(address), now.get(address)];
    const change = { address, what: (is ?? was)!.what.join(", "), before: was?.usd ?? 0, after: is?.usd ?? 0 };
    return Math.abs(change.before - change.after) < 0.005 ? [] : [change];
  });
}

/** Dollars and cents; a question mark where they are not known. */
export function usd(value: number | undefined): string {
  return value === undefined
    ? "?"
    : value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
