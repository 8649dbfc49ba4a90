import { blocksOf } from "../../topology/document";
import { isComputed, isKnown, numberOf, textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { type About, type Blame, isSet } from "../places";
import { groupsOf, type ManagedGroup } from "./instance-group-model";
import { zonesWithGpu } from "./instance-template-model";

const DOCS = "provider documentation of google_compute_region_instance_group_manager 7.45.0, update_policy";
const ROLLING =
  "docs.cloud.google.com/compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups, from general knowledge, 2026-11";
const SHAPE =
  "docs.cloud.google.com/compute/docs/instance-groups/regional-mig-set-target-distribution-shape, limitations, read 2026-11-22; ANY from general knowledge";
const ORDER = ["NONE", "REFRESH", "RESTART", "REPLACE"];

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** A rule on each managed instance group; what it blames is the group. */
export function groupRule(about: About, judge: (group: ManagedGroup, blame: Blame) => void): Rule {
  return {
    ...about,
    severity: about.severity ?? "error",
    check(topology, report) {
      for (const group of groupsOf(topology)) {
        judge(group, (attribute, value, detail) => report(group.manager, attribute, value, detail));
      }
    },
  };
}

function isZero(policy: Readonly<Record<string, unknown>>, name: string): boolean {
  const fixed = policy[`${name}_fixed`];
  const percent = policy[`${name}_percent`];
  return (isSet(fixed) && numberOf(fixed) === 0) || (isSet(percent) && numberOf(percent) === 0);
}

/** How a managed instance group replaces its instances and spreads them. */
export const instanceGroupUpdateRules: readonly Rule[] = [
  groupRule(
    {
      id: "group-update-policy",
      title: "a managed instance group says how it is updated",
      severity: "warning",
      why: "The default is OPPORTUNISTIC: a new template reaches no instance until something else replaces it. Not an error, because it may be meant.",
      fix: 'set update_policy with type = "PROACTIVE", minimal_action = "REPLACE", max_unavailable_fixed = 0 and max_surge_fixed = the number of zones',
      source: api("InstanceGroupManagerUpdatePolicy.type"),
    },
    ({ manager, update }, blame) => {
      if (!update && !isComputed(manager.values, "update_policy") && !isSet(manager.values.update_policy))
        blame("update_policy", undefined);
    },
  ),
  groupRule(
    {
      id: "group-surge-zones",
      title: "max_surge_fixed and max_unavailable_fixed of a regional group are 0 or at least its number of zones",
      why: "The API rejects a number between; a region's group has three zones unless distribution_policy_zones says otherwise.",
      fix: "set 0, or as many as there are zones",
      source: ROLLING,
    },
    ({ update, zones, isRegional }, blame) => {
      if (!update || zones === undefined || !isRegional) return;
      for (const name of ["max_surge_fixed", "max_unavailable_fixed"]) {
        const value = numberOf(update[name]);
        if (value !== undefined && value > 0 && value < zones) blame(`update_policy.${name}`, value, `${zones} zones`);
      }
    },
  ),
  groupRule(
    {
      id: "group-surge-or-unavailable",
      title: "an update may add instances or take some away",
      why: "With both 0 the group could not replace anything: the API rejects it.",
      fix: "set max_surge_fixed to at least the number of zones",
      source: api("InstanceGroupManagerUpdatePolicy.maxSurge"),
    },
    ({ update }, blame) => {
      if (update && isZero(update, "max_surge") && isZero(update, "max_unavailable"))
        blame("update_policy.max_surge_fixed", update.max_surge_fixed);
    },
  ),
  groupRule(
    {
      id: "group-surge-once",
      title: "surge and unavailability are given as a number or as a percentage",
      why: "The provider refuses both together.",
      fix: "keep the _fixed or the _percent attribute",
      source: DOCS,
    },
    ({ update }, blame) => {
      for (const name of ["max_surge", "max_unavailable"]) {
        if (isSet(update?.[`${name}_fixed`]) && isSet(update?.[`${name}_percent`]))
          blame(`update_policy.${name}_percent`, update![`${name}_percent`]);
      }
    },
  ),
  groupRule(
    {
      id: "group-percent-size",
      title: "surge and unavailability as a percentage need 10 instances or more",
      why: "The API rejects a percentage for a smaller group.",
      fix: "use max_surge_fixed and max_unavailable_fixed",
      source: api("InstanceGroupManagerUpdatePolicy.maxSurge"),
    },
    ({ manager, update, autoscaler }, blame) => {
      const size = numberOf(manager.values.target_size);
      if (!update || autoscaler || size === undefined || size >= 10) return;
      for (const name of ["max_surge_percent", "max_unavailable_percent"]) {
        if ((numberOf(update[name]) ?? 0) > 0) blame(`update_policy.${name}`, update[name], `${size} instances`);
      }
    },
  ),
  groupRule(
    {
      id: "group-recreate",
      title: "a group that keeps the names of its instances has no surge and some unavailability",
      why: "RECREATE deletes an instance before it makes its successor: the API rejects a surge, and no unavailability.",
      fix: 'set max_surge_fixed = 0 and max_unavailable_fixed to the number of zones, or replacement_method = "SUBSTITUTE"',
      source: `${DOCS}; ${ROLLING}`,
    },
    ({ update }, blame) => {
      if (textOf(update?.replacement_method) !== "RECREATE") return;
      for (const name of ["max_surge_fixed", "max_surge_percent"])
        if ((numberOf(update![name]) ?? 0) > 0) blame(`update_policy.${name}`, update![name]);
      if (isZero(update!, "max_unavailable")) blame("update_policy.max_unavailable_fixed", 0);
    },
  ),
  groupRule(
    {
      id: "group-disruption-order",
      title: "the most disruptive allowed action is at least the minimal action",
      why: "The update would need more than it may do: the API rejects it, or nothing is updated.",
      fix: "take most_disruptive_allowed_action away, or raise it to minimal_action",
      source: api("InstanceGroupManagerUpdatePolicy.mostDisruptiveAllowedAction"),
    },
    ({ update }, blame) => {
      const least = ORDER.indexOf(textOf(update?.minimal_action) ?? "");
      const most = ORDER.indexOf(textOf(update?.most_disruptive_allowed_action) ?? "");
      if (most >= 0 && most < least)
        blame("update_policy.most_disruptive_allowed_action", update!.most_disruptive_allowed_action);
    },
  ),
  groupRule(
    {
      id: "group-disruption-template",
      title: "a proactive update may replace instances",
      severity: "warning",
      why: "A new template that changes image, machine or disks needs REPLACE; a smaller most_disruptive_allowed_action stops the update. Not an error, because the template may change its labels only.",
      fix: "take most_disruptive_allowed_action away",
      source: api("InstanceGroupManagerUpdatePolicy.mostDisruptiveAllowedAction"),
    },
    ({ update }, blame) => {
      const most = textOf(update?.most_disruptive_allowed_action);
      if (textOf(update?.type) === "PROACTIVE" && most !== undefined && most !== "REPLACE")
        blame("update_policy.most_disruptive_allowed_action", most);
    },
  ),
  groupRule(
    {
      id: "group-versions",
      title: "exactly one version of a group has no target size, and versions differ by name",
      why: "The API rejects none or two: that version takes the remaining instances.",
      fix: "give each canary version a target_size and a name, and leave target_size off the main one",
      source: api("InstanceGroupManager.versions"),
    },
    ({ manager }, blame) => {
      if (isComputed(manager.values, "version")) return;
      const versions = blocksOf(manager.values.version);
      if (versions.some((version) => isComputed(version, "target_size"))) return;
      const rest = versions.filter((version) => !isSet(version.target_size));
      if (versions.length > 0 && rest.length !== 1)
        blame("version", versions.length, `${rest.length} without target_size`);
      const names = versions.map((version) => textOf(version.name) ?? (isSet(version.name) ? undefined : ""));
      const twice = names.find((name, index) => name !== undefined && names.indexOf(name) < index);
      if (twice !== undefined) blame("version.name", twice);
    },
  ),
  groupRule(
    {
      id: "group-shape-redistribution",
      title: "a group whose shape is not EVEN has no proactive redistribution",
      severity: "warning",
      why: "Proactive redistribution, the default, evens the zones out; Google says that it has to be off with BALANCED and ANY_SINGLE_ZONE, and the API is said to reject it with ANY too. Not an error, because it was not tried.",
      fix: 'set update_policy.instance_redistribution_type = "NONE"',
      source: SHAPE,
    },
    ({ manager, update }, blame) => {
      const shape = textOf(manager.values.distribution_policy_target_shape);
      if (shape === undefined || shape === "EVEN" || isComputed(manager.values, "update_policy")) return;
      const type = update?.instance_redistribution_type;
      if (isKnown(type) && type !== "NONE") blame("update_policy.instance_redistribution_type", type, shape);
    },
  ),
  groupRule(
    {
      id: "group-zones",
      title: "distribution zones are different zones of the group's region",
      why: "The API rejects a zone of another region, and counts a repeated one once.",
      fix: "list zones of the group's own region, each once",
      source: api("DistributionPolicy.zones"),
    },
    ({ manager, region }, blame) => {
      const zones = textsOf(manager.values.distribution_policy_zones).map((zone) => zone.split("/").at(-1)!);
      zones.forEach((zone, index) => {
        if (zones.indexOf(zone) < index || (region !== undefined && zone.replace(/-[a-z]$/, "") !== region))
          blame(`distribution_policy_zones.${index}`, zone, region);
      });
    },
  ),
  groupRule(
    {
      id: "group-one-zone",
      title: "a group that serves a load balancer has more than one zone",
      severity: "warning",
      why: "When its zone fails the region is gone. Not an error, because it may be meant; nothing is said where no other zone of the region has the machines' GPU.",
      fix: "list two zones or more, or leave distribution_policy_zones out",
      source: api("DistributionPolicy.zones"),
    },
    ({ manager, backends, zones, isRegional, region, templates }, blame) => {
      const sold = templates[0] && zonesWithGpu(templates[0], region);
      if (isRegional && zones === 1 && backends.length > 0 && sold?.length !== 1)
        blame("distribution_policy_zones", manager.values.distribution_policy_zones);
    },
  ),
  groupRule(
    {
      id: "group-stateful-redistribution",
      title: "a regional group with stateful disks or addresses has no proactive redistribution",
      why: "The API rejects stateful configuration while instances may be moved between zones.",
      fix: 'set update_policy.instance_redistribution_type = "NONE"',
      source: "provider documentation of google_compute_region_instance_group_manager 7.45.0, stateful_disk",
    },
    ({ manager, update, isRegional }, blame) => {
      const stateful = ["stateful_disk", "stateful_internal_ip", "stateful_external_ip"].find((name) =>
        isSet(manager.values[name]),
      );
      if (!isRegional || stateful === undefined || isComputed(manager.values, "update_policy")) return;
      const type = update?.instance_redistribution_type;
      if (isKnown(type) && type !== "NONE") blame("update_policy.instance_redistribution_type", type, stateful);
    },
  ),
];
