import { type Block, blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { Severity } from "../rule";
import { type DnsRecordSet, recordSetsOf, routingItems } from "./dns-records";

const POLICY_API = "Cloud DNS API v1, RRSetRoutingPolicy, read 2026-11-22";

interface Description {
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source?: string;
  readonly severity?: Severity;
}

/** A rule on each routing policy; `find` returns attributes in the policy with their values. */
function routingRule(
  id: string,
  description: Description,
  find: (policy: Block, record: DnsRecordSet) => readonly (readonly [attribute: string, value: unknown])[],
): Rule {
  return {
    id,
    severity: "error",
    source: POLICY_API,
    ...description,
    check(topology, report) {
      for (const record of recordSetsOf(topology)) {
        const policy = blockOf(record.resource.values.routing_policy);
        if (!policy) continue;
        for (const [attribute, value] of find(policy, record))
          report(record.resource, `routing_policy.${attribute}`, value);
      }
    },
  };
}

/** Health checked targets anywhere in a policy. */
function targetsOf(policy: Block): { at: string; target: Block }[] {
  const inItems = routingItems(policy).flatMap(([kind, items]) =>
    items.flatMap((item, index) =>
      blocksOf(item.health_checked_targets).map((target) => ({
        at: `${kind}.${index}.health_checked_targets`,
        target,
      })),
    ),
  );
  const primaries = blocksOf(policy.primary_backup).flatMap((each) => blocksOf(each.primary));
  return [...inItems, ...primaries.map((target) => ({ at: "primary_backup.primary", target }))];
}

const has = (block: Block, name: string) =>
  Array.isArray(block[name]) ? block[name].length > 0 : block[name] !== undefined;

/** Routing policies of record sets. */
export const dnsRoutingRules: readonly Rule[] = [
  routingRule(
    "dns-routing-kind",
    {
      title: "a routing policy has one of wrr, geo and primary_backup; enable_geo_fencing stands with geo",
      why: "The provider rejects other combinations.",
      fix: "keep one of them",
    },
    (policy) => {
      const kinds = ["wrr", "geo", "primary_backup"];
      if (kinds.some((kind) => isComputed(policy, kind))) return [];
      const given = kinds.filter((kind) => blocksOf(policy[kind]).length > 0);
      if (given.length !== 1) return [[given[1] ?? "geo", given]];
      return given[0] !== "geo" && policy.enable_geo_fencing !== undefined
        ? [["enable_geo_fencing", policy.enable_geo_fencing]]
        : [];
    },
  ),
  routingRule(
    "dns-geo-repeated",
    {
      title: "a routing policy names each location once",
      why: "Google Cloud rejects two items of one location.",
      fix: "put the record data of a location into one item",
      source: "Cloud DNS API v1, RRSetRoutingPolicyGeoPolicy.items, read 2026-11-22",
    },
    (policy) =>
      routingItems(policy).flatMap(([kind, items]) => {
        const locations = items.flatMap(({ location }) => textOf(location) ?? []);
        const repeated = locations.find((each, index) => locations.indexOf(each) !== index);
        return kind === "wrr" || repeated === undefined ? [] : [[kind, repeated] as const];
      }),
  ),
  routingRule(
    "dns-routing-empty",
    {
      title: "each item of a routing policy answers with record data or health checked targets",
      why: "Google Cloud rejects an item without an answer.",
      fix: "set rrdatas, or health_checked_targets",
    },
    (policy) =>
      routingItems(policy).flatMap(([kind, items]) =>
        items.flatMap((item, index) =>
          has(item, "rrdatas") || has(item, "health_checked_targets") || isComputed(item, "health_checked_targets")
            ? []
            : [[`${kind}.${index}.rrdatas`, item.rrdatas] as const],
        ),
      ),
  ),
  routingRule(
    "dns-wrr-zero",
    {
      title: "a weighted routing policy has a weight above 0",
      why: "With all weights 0 no item is ever chosen.",
      fix: "give at least one item a weight",
    },
    (policy) => {
      const weights = blocksOf(policy.wrr).map(({ weight }) => numberOf(weight));
      return weights.length > 0 && weights.every((weight) => weight === 0) ? [["wrr", weights]] : [];
    },
  ),
  routingRule(
    "dns-health-type",
    {
      title: "health checked targets stand in record sets of type A and AAAA",
      why: "Google Cloud rejects them for other types.",
      fix: "use rrdatas",
    },
    (policy, { type }) =>
      type === undefined || type === "A" || type === "AAAA"
        ? []
        : targetsOf(policy).map(({ at, target }) => [at, target] as const),
  ),
  routingRule(
    "dns-health-target",
    {
      title: "health checked targets are internal load balancers or external endpoints, not both",
      why: "Google Cloud rejects both together, and neither.",
      fix: "set internal_load_balancers or external_endpoints",
      source: "Cloud DNS API v1, RRSetRoutingPolicyHealthCheckTargets, read 2026-11-22",
    },
    (policy) =>
      targetsOf(policy)
        .filter(({ target }) => !isComputed(target, "internal_load_balancers"))
        .filter(({ target }) => has(target, "internal_load_balancers") === has(target, "external_endpoints"))
        .map(({ at, target }) => [at, Object.keys(target)] as const),
  ),
  routingRule(
    "dns-health-check",
    {
      title: "external endpoints are checked by the health_check of the routing policy",
      why: "Without a health check Cloud DNS cannot say which endpoint is alive, and rejects the policy.",
      fix: "set routing_policy.health_check to a google_compute_health_check",
      source: "provider documentation of google_dns_record_set 7.45.0",
    },
    (policy) =>
      policy.health_check === undefined && targetsOf(policy).some(({ target }) => has(target, "external_endpoints"))
        ? [["health_check", undefined]]
        : [],
  ),
  routingRule(
    "dns-health-region",
    {
      title: "a regional internal load balancer among health checked targets has a region",
      why: "Google Cloud finds a regional load balancer only with its region.",
      fix: "set region",
      source: "provider documentation of google_dns_record_set 7.45.0",
    },
    (policy) =>
      targetsOf(policy).flatMap(({ at, target }) =>
        blocksOf(target.internal_load_balancers)
          .filter((each) => textOf(each.load_balancer_type)?.startsWith("regional") && each.region === undefined)
          .map(() => [`${at}.internal_load_balancers.region`, undefined] as const),
      ),
  ),
  routingRule(
    "dns-health-dnssec",
    {
      title: "in a zone with DNSSEC an item has record data or health checked targets, not both",
      why: "Google Cloud rejects both together where answers are signed.",
      fix: "keep one of them in each item",
      source: "Cloud DNS API v1, WrrPolicyItem.healthCheckedTargets, read 2026-11-22",
    },
    (policy, { zone }) => {
      const state = textOf(blockOf(zone?.values.dnssec_config)?.state);
      if (state !== "on" && state !== "transfer") return [];
      return blocksOf(policy.wrr).flatMap((item, index) =>
        has(item, "rrdatas") && has(item, "health_checked_targets")
          ? [[`wrr.${index}.rrdatas`, item.rrdatas] as const]
          : [],
      );
    },
  ),
  routingRule(
    "dns-geo-fencing",
    {
      severity: "warning",
      title: "geo fencing stands with health checked targets",
      why: "Fencing says what happens when all targets of a region are unhealthy; without health checks it does nothing. It is not sure, because it may wait for them.",
      fix: "use health_checked_targets, or leave enable_geo_fencing out",
      source: "Cloud DNS API v1, RRSetRoutingPolicyGeoPolicy.enableFencing, read 2026-11-22",
    },
    (policy) =>
      booleanOf(policy.enable_geo_fencing) === true && blocksOf(policy.geo).length > 0 && targetsOf(policy).length === 0
        ? [["enable_geo_fencing", true]]
        : [],
  ),
];
