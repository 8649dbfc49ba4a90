import { api, page, provider, quoted, unconfirmed } from "../google/source";
import { blocksOf } from "../topology/document";
import { type ManagedGroup, readInstanceGroups, zonesWithGpu } from "../topology/instance-groups";
import type { Topology } from "../topology/topology";
import { isSet, isUnset, numberOf, textOf, textsOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const documented = provider("documentation of google_compute_region_instance_group_manager 7.45.0");
const groups = (topology: Topology): readonly ManagedGroup[] => topology.once(readInstanceGroups);

/** Managed instance groups: how they are updated, where they are, how large. */
export const instanceGroupRules: readonly Rule[] = [
  rule("group-surge-zones", groups, {
    title: "max_surge_fixed and max_unavailable_fixed of a regional group must be 0 or at least its number of zones",
    why: "A regional group has three zones unless distribution_policy_zones says otherwise.",
    fix: "set 0, or as many as there are zones",
    source: quoted(
      "Fixed updatePolicy.maxUnavailable for regional managed instance group has to be either 0 or at least equal to the number of zones",
      "provider-google #15202",
    ),
    judge({ update, zones, isRegional }, blame) {
      if (!update || zones === undefined || !isRegional) return;
      for (const name of ["max_surge_fixed", "max_unavailable_fixed"]) {
        const value = numberOf(update[name]);
        if (value !== undefined && value > 0 && value < zones) blame(`update_policy.${name}`, value, `${zones} zones`);
      }
    },
  }),
  rule("group-percent-size", groups, {
    title: "surge and unavailability of a regional group must be numbers below 10 instances",
    why: "The API takes a percentage from 10 instances only.",
    fix: "use max_surge_fixed and max_unavailable_fixed",
    source: documented,
    judge({ resource, update, autoscaler, isRegional }, blame) {
      const size = numberOf(resource.values.target_size);
      if (!update || !isRegional || autoscaler || size === undefined || size >= 10) return;
      for (const name of ["max_surge_percent", "max_unavailable_percent"])
        if ((numberOf(update[name]) ?? 0) > 0) blame(`update_policy.${name}`, update[name], `${size} instances`);
    },
  }),
  rule("group-update-readiness", groups, {
    title: "a group behind a load balancer that replaces its instances by itself must have auto-healing",
    advice: true,
    why: "Without a health check a new instance counts as ready when it has booted, before the container has started.",
    fix: "set auto_healing_policies with a health check that says when an instance is ready",
    source: compute("ManagedInstance.currentAction (VERIFYING)"),
    judge({ resource, update, backends }, blame) {
      if (
        backends.length > 0 &&
        textOf(update?.type) === "PROACTIVE" &&
        isUnset(resource.values, "auto_healing_policies")
      )
        blame("auto_healing_policies", undefined);
    },
  }),
  rule("group-zones", groups, {
    title: "distribution zones must be different zones of the group's region",
    fix: "list zones of the group's own region, each once",
    source: compute("DistributionPolicy.zones"),
    judge({ resource, region }, blame) {
      const zones = textsOf(resource.values.distribution_policy_zones).map((zone) => zone.split("/").at(-1)!);
      zones.forEach((zone, index) => {
        if (zones.indexOf(zone) < index || (region !== undefined && zone.replace(/-[a-z]$/, "") !== region))
          blame(`distribution_policy_zones.${index}`, zone, region);
      });
    },
  }),
  rule("group-one-zone", groups, {
    title: "a group that serves a load balancer must have more than one zone",
    advice: true,
    why: "When its zone fails the region is gone. It is not said where only one zone has the GPU.",
    fix: "list two zones or more, or leave distribution_policy_zones out",
    source: compute("DistributionPolicy.zones"),
    judge({ resource, backends, zones, isRegional, region, templates }, blame) {
      const sold = templates[0] && zonesWithGpu(templates[0], region);
      if (isRegional && zones === 1 && backends.length > 0 && sold?.length !== 1)
        blame("distribution_policy_zones", resource.values.distribution_policy_zones);
    },
  }),
  rule("group-template-region", groups, {
    title: "a regional instance template must be in the region of its group",
    fix: "make a template in the group's region, or use google_compute_instance_template",
    source: compute("InstanceGroupManagerVersion.instanceTemplate"),
    judge({ templates, region }, blame) {
      for (const { type, address, values } of templates) {
        const own = type === "google_compute_region_instance_template" ? textOf(values.region) : undefined;
        if (own !== undefined && region !== undefined && own !== region)
          blame("version.instance_template", address, `${own}, the group is in ${region}`);
      }
    },
  }),
  rule("group-empty", groups, {
    title: "a group without an autoscaler must have a target size",
    advice: true,
    why: "The default is no instance at all. An autoscaler of another stack may fill it.",
    fix: "add a google_compute_region_autoscaler, or set target_size",
    source: documented,
    judge({ resource, autoscaler }, blame, topology) {
      const isFilled = topology.referrers(resource.address).some(({ type }) => /_resize_request$/.test(type));
      if (!autoscaler && !isFilled && isUnset(resource.values, "target_size")) blame("target_size", undefined);
    },
  }),
  rule("group-size-autoscaled", groups, {
    title: "a group with an autoscaler must not have target_size",
    advice: true,
    why: "Each apply sets the size back to this number until the autoscaler changes it again.",
    fix: "remove target_size",
    source: compute("InstanceGroupManager.targetSize"),
    judge({ resource: { values }, autoscaler }, blame) {
      const ignored = JSON.stringify(blocksOf(values.lifecycle)[0]?.ignore_changes ?? "");
      if (autoscaler && isSet(values.target_size) && !/target_size|all/.test(ignored))
        blame("target_size", values.target_size, autoscaler.address);
    },
  }),
  rule("group-redistribution-autoscaled", groups, {
    title: "an autoscaled regional group of shape EVEN must keep proactive redistribution",
    advice: true,
    why: "The API documents NONE for groups that are not autoscaled.",
    fix: "remove instance_redistribution_type = NONE",
    source: compute("InstanceGroupManagerUpdatePolicy.instanceRedistributionType"),
    judge({ resource: { values }, autoscaler, update }, blame) {
      const isEven = (values.distribution_policy_target_shape || "EVEN") === "EVEN";
      if (autoscaler && isEven && textOf(update?.instance_redistribution_type) === "NONE")
        blame("update_policy.instance_redistribution_type", "NONE");
    },
  }),
  rule("group-shape-autoscaled", groups, {
    title: "an autoscaled regional group must have the shape EVEN or BALANCED",
    fix: "remove distribution_policy_target_shape, or set BALANCED",
    source: page("compute/docs/instance-groups/regional-mig-set-target-distribution-shape"),
    judge({ resource, autoscaler }, blame) {
      const shape = textOf(resource.values.distribution_policy_target_shape);
      if (autoscaler && shape?.startsWith("ANY")) blame("distribution_policy_target_shape", shape);
    },
  }),
  rule("group-stateful-autoscaled", groups, {
    title: "a stateful group must not be autoscaled",
    fix: "remove the autoscaler or the stateful configuration",
    source: unconfirmed("docs.cloud.google.com/compute/docs/instance-groups/stateful-migs"),
    judge({ resource: { values }, autoscaler }, blame) {
      if (autoscaler && isSet(values.stateful_disk)) blame("stateful_disk", values.stateful_disk);
    },
  }),
];
