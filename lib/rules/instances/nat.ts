import { blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { NAT } from "./nat-limits";

function api(field: string): string {
  return `Compute API v1, RouterNat.${field}, read 2026-11-22`;
}

/** Cloud NAT. */
export const natRules: readonly Rule[] = [
  resourceRule(
    {
      id: "nat-addresses",
      title: "a NAT has addresses of its own when, and only when, it allocates by hand",
      why: "The API rejects MANUAL_ONLY without nat_ips, and AUTO_ONLY with them.",
      fix: "name google_compute_address resources in nat_ips, or set nat_ip_allocate_option = AUTO_ONLY",
      source: api("natIpAllocateOption"),
    },
    NAT,
    (nat, blame) => {
      const option = textOf(nat.values.nat_ip_allocate_option);
      const given = isSet(nat.values.nat_ips) || isSet(nat.values.initial_nat_ips);
      if (option === "MANUAL_ONLY" && !given && !isComputed(nat.values, "nat_ips")) blame("nat_ips", undefined, option);
      if (option === "AUTO_ONLY" && given) blame("nat_ips", nat.values.nat_ips, option);
    },
  ),
  resourceRule(
    {
      id: "nat-allocation-set",
      title: "a public NAT says how it gets its addresses",
      why: "The API rejects a public NAT without nat_ip_allocate_option.",
      fix: "set nat_ip_allocate_option = AUTO_ONLY",
      source: `${api("natIpAllocateOption")}; provider documentation of google_compute_router_nat 7.45.0`,
    },
    NAT,
    (nat, blame) => {
      const type = nat.values.type ?? "PUBLIC";
      if (type === "PUBLIC" && !isSet(nat.values.nat_ip_allocate_option)) blame("nat_ip_allocate_option", undefined);
      if (type === "PRIVATE" && isSet(nat.values.nat_ip_allocate_option))
        blame("nat_ip_allocate_option", nat.values.nat_ip_allocate_option, "a private NAT has no external address");
    },
  ),
  resourceRule(
    {
      id: "nat-subnetworks",
      title: "a NAT lists subnetworks when, and only when, it is for listed ones",
      why: "The API rejects LIST_OF_SUBNETWORKS without a list, and a list that is not asked for.",
      fix: "add subnetwork blocks, or use ALL_SUBNETWORKS_ALL_IP_RANGES",
      source: api("subnetworks"),
    },
    NAT,
    (nat, blame) => {
      const ranges = textOf(nat.values.source_subnetwork_ip_ranges_to_nat);
      if (ranges === undefined || isComputed(nat.values, "subnetwork")) return;
      if ((ranges === "LIST_OF_SUBNETWORKS") !== isSet(nat.values.subnetwork))
        blame("subnetwork", nat.values.subnetwork, ranges);
    },
  ),
  resourceRule(
    {
      id: "nat-secondary-ranges",
      title: "a NAT for secondary ranges names them, and only then",
      why: "The API rejects LIST_OF_SECONDARY_IP_RANGES without names, and names without it.",
      fix: 'set secondary_ip_range_names, or source_ip_ranges_to_nat = ["ALL_IP_RANGES"]',
      source: "Compute API v1, RouterNatSubnetworkToNat.secondaryIpRangeNames, read 2026-11-22",
    },
    NAT,
    (nat, blame) => {
      blocksOf(nat.values.subnetwork).forEach((subnetwork, index) => {
        const { source_ip_ranges_to_nat: ranges, secondary_ip_range_names: names } = subnetwork;
        if (!Array.isArray(ranges) || !isKnown(ranges)) return;
        if (ranges.includes("LIST_OF_SECONDARY_IP_RANGES") !== isSet(names))
          blame(`subnetwork.${index}.secondary_ip_range_names`, names);
      });
    },
  ),
  resourceRule(
    {
      id: "nat-dynamic-mapping",
      title: "dynamic port allocation excludes endpoint independent mapping",
      why: "The API rejects the two together.",
      fix: "set enable_endpoint_independent_mapping = false",
      source: api("enableDynamicPortAllocation"),
    },
    NAT,
    ({ values }, blame) => {
      if (
        booleanOf(values.enable_dynamic_port_allocation) === true &&
        booleanOf(values.enable_endpoint_independent_mapping) === true
      )
        blame("enable_endpoint_independent_mapping", true);
    },
  ),
  resourceRule(
    {
      id: "nat-port-order",
      title: "max_ports_per_vm is more than min_ports_per_vm, and only for dynamic allocation",
      why: "The API rejects it when it is not more; without dynamic allocation it has no effect.",
      fix: "raise max_ports_per_vm and set enable_dynamic_port_allocation = true",
      source: api("maxPortsPerVm"),
    },
    NAT,
    ({ values }, blame) => {
      const max = numberOf(values.max_ports_per_vm);
      const dynamic = values.enable_dynamic_port_allocation;
      if (max === undefined || !isKnown([dynamic, values.min_ports_per_vm])) return;
      if (booleanOf(dynamic) !== true || max <= (numberOf(values.min_ports_per_vm) ?? 32))
        blame("max_ports_per_vm", max, `minimum ${values.min_ports_per_vm ?? 32}`);
    },
  ),
  resourceRule(
    {
      id: "nat-router-region",
      title: "a NAT is in the region of its router",
      why: "The API looks for the router in the NAT's region.",
      fix: "set region to the router's",
      source: "provider documentation of google_compute_router_nat 7.45.0",
    },
    NAT,
    (nat, blame, { document }) => {
      const router = document.target(nat.values.router);
      const own = textOf(nat.values.region);
      const other = textOf(router?.values.region);
      if (own !== undefined && other !== undefined && own !== other) blame("region", own, `router in ${other}`);
    },
  ),
  resourceRule(
    {
      id: "nat-address-kind",
      title: "a NAT's addresses are external regional addresses of its region",
      why: "The API rejects internal addresses, global ones and those of other regions.",
      fix: "use google_compute_address of type EXTERNAL in the NAT's region",
      source: api("natIps"),
    },
    NAT,
    (nat, blame, { document }) => {
      if (!Array.isArray(nat.values.nat_ips)) return;
      nat.values.nat_ips.forEach((item, index) => {
        const address = document.target(item);
        if (!address || address.isData) return;
        const region = textOf(address.values.region);
        const own = textOf(nat.values.region);
        const elsewhere = region !== undefined && own !== undefined && region !== own;
        if (address.type === "google_compute_global_address" || address.values.address_type === "INTERNAL" || elsewhere)
          blame(`nat_ips.${index}`, address.address, region);
      });
    },
  ),
  {
    id: "nat-address-removal",
    title: "a NAT's addresses are destroyed after the NAT has let go of them",
    severity: "warning",
    why: "Terraform destroys an address that is taken away before it changes the NAT: 400 resourceInUseByAnotherResource. Not an error, because nothing is wrong until then.",
    fix: "set lifecycle.create_before_destroy on the NAT, which its addresses inherit",
    source: "provider documentation of google_compute_router_nat 7.45.0, nat_ips",
    check(topology, report) {
      for (const nat of topology.document.ofType(NAT)) {
        for (const { address: target } of topology.document.references(nat.values.nat_ips)) {
          const address = topology.document.at(target);
          if (address?.type !== "google_compute_address" || address.isData) continue;
          if (!topology.createdBeforeDestroy.has(target))
            report(address, "lifecycle.create_before_destroy", undefined, nat.address);
        }
      }
    },
  },
  {
    id: "nat-one-for-all",
    title: "a NAT for all subnetworks is the only one of its network and region",
    severity: "error",
    why: "The API rejects a second NAT beside ALL_SUBNETWORKS_ALL_IP_RANGES.",
    fix: "list the subnetworks of each NAT",
    source: api("sourceSubnetworkIpRangesToNat"),
    check({ document }, report) {
      const seen = new Map<string, { address: string; all: boolean }>();
      for (const nat of document.ofType(NAT)) {
        const router = document.target(nat.values.router);
        const network = document.target(router?.values.network)?.address ?? textOf(router?.values.network);
        const region = textOf(nat.values.region) ?? textOf(router?.values.region);
        if (network === undefined || region === undefined || (nat.values.type ?? "PUBLIC") !== "PUBLIC") continue;
        const ranges = nat.values.source_subnetwork_ip_ranges_to_nat;
        const all = ranges === "ALL_SUBNETWORKS_ALL_IP_RANGES";
        const other = seen.get(`${network} ${region}`);
        if (other && (all || other.all))
          report(nat, "source_subnetwork_ip_ranges_to_nat", ranges, `also ${other.address}`);
        seen.set(`${network} ${region}`, { address: nat.address, all: all || (other?.all ?? false) });
      }
    },
  },
];
