import { isExpression } from "../../language/reference";
import { blockOf } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { cloudArmorOf } from "./cloud-armor-policies";

const OVERVIEW = "docs.cloud.google.com/armor/docs/security-policy-overview (of 2026-04-13), read 2026-11-22";

/** Where security policies are attached. */
export const cloudArmorAttachmentRules: readonly Rule[] = [
  {
    id: "armor-attached-type",
    title: "security_policy names a policy of type CLOUD_ARMOR, edge_security_policy one of type CLOUD_ARMOR_EDGE",
    severity: "error",
    why: "Google Cloud rejects an edge policy as backend policy, and the reverse.",
    fix: "change the type of the policy, or attach it by the other attribute",
    source: OVERVIEW,
    check(topology, report) {
      const { byAddress } = cloudArmorOf(topology);
      for (const { resource, securityPolicy, edgeSecurityPolicy } of topology.backends) {
        const backendType = securityPolicy && byAddress.get(securityPolicy.address)?.type;
        const edgeType = edgeSecurityPolicy && byAddress.get(edgeSecurityPolicy.address)?.type;
        if (backendType !== undefined && /EDGE|INTERNAL_SERVICE/.test(backendType)) {
          report(resource, "security_policy", securityPolicy!.address, backendType);
        }
        if (edgeType !== undefined && edgeType !== "CLOUD_ARMOR_EDGE") {
          report(resource, "edge_security_policy", edgeSecurityPolicy!.address, edgeType);
        }
      }
    },
  },
  {
    id: "armor-attached-scope",
    title: "a global backend service has a global security policy, a regional one a policy of its region",
    severity: "error",
    why: "Google Cloud rejects a policy of another scope.",
    fix: "use google_compute_security_policy for global backends, google_compute_region_security_policy for regional ones",
    source: OVERVIEW,
    check(topology, report) {
      const { byAddress } = cloudArmorOf(topology);
      for (const { resource, isGlobal, securityPolicy } of topology.backends) {
        const policy = securityPolicy && byAddress.get(securityPolicy.address);
        if (!policy) continue;
        const regions = [resource.values.region, policy.resource.values.region];
        const isElsewhere =
          !isGlobal &&
          regions.every((each) => typeof each === "string" && !isExpression(each)) &&
          regions[0] !== regions[1];
        if (policy.isGlobal !== isGlobal || isElsewhere) report(resource, "security_policy", policy.resource.address);
      }
    },
  },
  {
    id: "armor-attached-scheme",
    title: "a backend service with a security policy belongs to a load balancer that has them",
    severity: "error",
    why: "Cloud Armor serves the schemes EXTERNAL and EXTERNAL_MANAGED, and INTERNAL_MANAGED in a region.",
    fix: "take the policy away, or use load_balancing_scheme = EXTERNAL_MANAGED",
    source: OVERVIEW,
    check(topology, report) {
      for (const { resource, scheme, securityPolicy, isGlobal } of topology.backends) {
        if (!securityPolicy || scheme === undefined) continue;
        if (scheme === "INTERNAL_SELF_MANAGED" || (isGlobal && scheme === "INTERNAL_MANAGED")) {
          report(resource, "load_balancing_scheme", scheme);
        }
      }
    },
  },
  {
    id: "armor-regional-late",
    title: "something checks that the security policy of a regional backend service is attached",
    severity: "warning",
    why: "By its code, the provider (7.8.0 to 7.45.0) loses the policy when it creates the backend service, and attaches it at the next apply. Until then requests pass unfiltered, and nothing says so. Not an error, because that apply puts it right, and later providers may attach it at once.",
    fix: "read the backend service by a data source with a postcondition on security_policy, and let the URL map depend on it",
    source: "github.com/hashicorp/terraform-provider-google/issues/29240 and provider code 7.45.0, read 2026-11-22",
    check(topology, report) {
      for (const { resource, isGlobal } of topology.backends) {
        const { security_policy: policy } = resource.values;
        if (isGlobal || policy === undefined || policy === null || policy === "") continue;
        const checked = topology
          .referrers(resource.address)
          .some(({ isData, values }) => isData && blockOf(values.lifecycle)?.postcondition !== undefined);
        if (!checked) report(resource, "security_policy", policy);
      }
    },
  },
  {
    id: "armor-unattached",
    severity: "warning",
    title: "a security policy is attached to a backend",
    why: "A policy that nothing names filters nothing. It is not sure, because it may be attached elsewhere by its name.",
    fix: "set security_policy of the backend services, or edge_security_policy",
    source: OVERVIEW,
    check(topology, report) {
      if (
        topology.backends.length === 0 ||
        topology.backends.some(({ resource }) => isUnknown(topology, resource.values))
      )
        return;
      const exported = new Set(topology.document.references(topology.document.outputs).map(({ address }) => address));
      for (const { resource, type } of cloudArmorOf(topology).policies) {
        if (type !== "CLOUD_ARMOR" && type !== "CLOUD_ARMOR_EDGE") continue;
        const isUsed = topology.referrers(resource.address).some((each) => !each.type.endsWith("security_policy_rule"));
        if (!isUsed && !exported.has(resource.address)) report(resource, "", undefined);
      }
    },
  },
  {
    id: "armor-rules-twice",
    severity: "error",
    title: "a security policy has its rules as blocks or as resources, not both",
    why: "The policy's blocks are all of its rules to the provider: each apply deletes the rules that are resources, and the next brings them back.",
    fix: "move all rules into the policy, or all into google_compute_security_policy_rule",
    source:
      "behaviour of google_compute_security_policy 7.45.0, whose update removes rules that it does not list, read 2026-11-22",
    check(topology, report) {
      for (const policy of cloudArmorOf(topology).policies) {
        if (!policy.hasBlocks || ignoresRules(policy.resource.values)) continue;
        for (const { owner } of policy.rules) {
          if (owner !== policy.resource) report(owner, "security_policy", policy.resource.address);
        }
      }
    },
  },
];

/** Whether a backend's policy is not known, so that it may be any. */
function isUnknown(topology: Topology, values: Readonly<Record<string, unknown>>): boolean {
  return ["security_policy", "edge_security_policy"].some(
    (name) => isComputed(values, name) && topology.document.references(values[name]).length === 0,
  );
}

function ignoresRules(values: Readonly<Record<string, unknown>>): boolean {
  const { lifecycle } = values;
  const text = JSON.stringify(lifecycle ?? {});
  return text.includes("ignore_changes") && /"(rule|rules|all)"/.test(text);
}
