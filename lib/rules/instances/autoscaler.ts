import { blocksOf } from "../../topology/document";
import { isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { AUTOSCALERS } from "./autoscaler-limits";
import { groupRule } from "./instance-group-update";

const AUTOSCALER = "docs.cloud.google.com/compute/docs/autoscaler, from general knowledge, 2026-11";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** Autoscalers, and the groups that they scale. */
export const autoscalerRules: readonly Rule[] = [
  groupRule(
    {
      id: "group-size-autoscaled",
      title: "a group with an autoscaler has no target_size",
      severity: "warning",
      why: "Each apply sets the size back to what stands here, until the autoscaler changes it again. Not an error, because lifecycle.ignore_changes may hold it back.",
      fix: "take target_size away",
      source: api("InstanceGroupManager.targetSize"),
    },
    ({ manager, autoscaler }, blame) => {
      const ignored = JSON.stringify(blocksOf(manager.values.lifecycle)[0]?.ignore_changes ?? "");
      if (autoscaler && isSet(manager.values.target_size) && !/target_size|all/.test(ignored))
        blame("target_size", manager.values.target_size, autoscaler.address);
    },
  ),
  groupRule(
    {
      id: "group-redistribution-autoscaled",
      title: "an autoscaled regional group keeps proactive redistribution, unless its shape is not EVEN",
      severity: "warning",
      why: "The API documents NONE for groups that are not autoscaled. Not an error, because other shapes need it.",
      fix: "take instance_redistribution_type = NONE away",
      source: api("InstanceGroupManagerUpdatePolicy.instanceRedistributionType"),
    },
    ({ manager, autoscaler, update }, blame) => {
      const shape = manager.values.distribution_policy_target_shape;
      if (autoscaler && textOf(update?.instance_redistribution_type) === "NONE" && (shape ?? "EVEN") === "EVEN")
        blame("update_policy.instance_redistribution_type", "NONE");
    },
  ),
  groupRule(
    {
      id: "group-shape-autoscaled",
      title: "an autoscaled regional group has the shape EVEN or BALANCED",
      why: "The other shapes cannot be autoscaled.",
      fix: "take distribution_policy_target_shape away, or set BALANCED",
      source:
        "docs.cloud.google.com/compute/docs/instance-groups/regional-mig-set-target-distribution-shape, limitations, read 2026-11-22",
    },
    ({ manager, autoscaler }, blame) => {
      const shape = textOf(manager.values.distribution_policy_target_shape);
      if (autoscaler && shape !== undefined && /^ANY/.test(shape)) blame("distribution_policy_target_shape", shape);
    },
  ),
  groupRule(
    {
      id: "group-stateful-autoscaled",
      title: "a stateful group is not autoscaled",
      severity: "warning",
      why: "Autoscaling is said not to be offered for stateful groups. Not an error, because it was not tried.",
      fix: "take the autoscaler or the stateful configuration away",
      source: "docs.cloud.google.com/compute/docs/instance-groups/stateful-migs, from general knowledge, 2026-11",
    },
    ({ manager, autoscaler }, blame) => {
      if (autoscaler && isSet(manager.values.stateful_disk)) blame("stateful_disk", manager.values.stateful_disk);
    },
  ),
  blockRule(
    {
      id: "autoscaler-min-max",
      title: "min_replicas is at most max_replicas",
      why: "The API rejects it.",
      fix: "raise max_replicas or lower min_replicas",
      source: api("AutoscalingPolicy.maxNumReplicas"),
    },
    AUTOSCALERS,
    ["autoscaling_policy"],
    ({ min_replicas: min, max_replicas: max }, blame) => {
      if ((numberOf(min) ?? 0) > (numberOf(max) ?? Number.POSITIVE_INFINITY)) blame("min_replicas", min, `max ${max}`);
    },
  ),
  blockRule(
    {
      id: "autoscaler-metric-kind",
      title: "a metric has a target or a single_instance_assignment",
      why: "The API rejects both together; without either there is nothing to scale by.",
      fix: "set target for a value per instance, single_instance_assignment for one of the whole group",
      source: api("AutoscalingPolicyCustomMetricUtilization.singleInstanceAssignment"),
    },
    AUTOSCALERS,
    ["autoscaling_policy.metric"],
    (metric, blame) => {
      const both = isSet(metric.target) && isSet(metric.single_instance_assignment);
      const none = !isSet(metric.target) && !isSet(metric.single_instance_assignment);
      if (both || none) blame("single_instance_assignment", metric.single_instance_assignment);
    },
  ),
  blockRule(
    {
      id: "autoscaler-schedule-size",
      title: "a schedule asks for no more instances than max_replicas",
      severity: "warning",
      why: "max_replicas stays the limit: the schedule gets fewer than it says. Not an error, because it may be meant.",
      fix: "raise max_replicas to min_required_replicas",
      source: api("AutoscalingPolicyScalingSchedule.minRequiredReplicas"),
    },
    AUTOSCALERS,
    ["autoscaling_policy"],
    (policy, blame) => {
      const max = numberOf(policy.max_replicas);
      blocksOf(policy.scaling_schedules).forEach(({ min_required_replicas: min }, index) => {
        if (max !== undefined && (numberOf(min) ?? 0) > max)
          blame(`scaling_schedules.${index}.min_required_replicas`, min, `max ${max}`);
      });
    },
  ),
  blockRule(
    {
      id: "autoscaler-signal",
      title: "an autoscaler says what it scales by",
      severity: "warning",
      why: "The default is the CPU at 60 %, which says little about a model on a GPU. Not an error, because it works for other loads.",
      fix: "set cpu_utilization, load_balancing_utilization or metric",
      source: api("AutoscalingPolicyCpuUtilization.utilizationTarget"),
    },
    AUTOSCALERS,
    ["autoscaling_policy"],
    (policy, blame) => {
      const signals = ["cpu_utilization", "load_balancing_utilization", "metric", "scaling_schedules"];
      if (signals.every((name) => !isSet(policy[name]) && !isComputed(policy, name)))
        blame("cpu_utilization", undefined);
    },
  ),
  blockRule(
    {
      id: "autoscaler-wakes",
      title: "an autoscaler that may empty its group has something to wake it up by",
      severity: "warning",
      why: "CPU, load balancing and metrics of instances are measured on running instances: without any, nothing asks for the first one. Not an error, because somebody else may raise min_replicas.",
      fix: "set min_replicas to 1, or add a schedule or a metric with single_instance_assignment",
      source: `${AUTOSCALER}; ${api("AutoscalingPolicyCustomMetricUtilization.singleInstanceAssignment")}`,
    },
    AUTOSCALERS,
    ["autoscaling_policy"],
    (policy, blame) => {
      const names = ["metric", "scaling_schedules"];
      if (numberOf(policy.min_replicas) !== 0 || names.some((name) => isComputed(policy, name))) return;
      const queues = blocksOf(policy.metric).some(({ single_instance_assignment: share }) => isSet(share));
      if (!queues && !isSet(policy.scaling_schedules)) blame("min_replicas", 0);
    },
  ),
  resourceRule(
    {
      id: "autoscaler-region",
      title: "an autoscaler is of the region of its group",
      why: "The API rejects a group of another region.",
      fix: "set region to the group's",
      source: api("Autoscaler.target"),
    },
    "google_compute_region_autoscaler",
    (autoscaler, blame, { document }) => {
      const region = textOf(autoscaler.values.region);
      const group = textOf(document.target(autoscaler.values.target)?.values.region);
      if (region !== undefined && group !== undefined && region !== group) blame("region", region, `group in ${group}`);
    },
  ),
  {
    id: "autoscaler-one",
    title: "a group has one autoscaler",
    severity: "error",
    why: "The API rejects the second one.",
    fix: "put all signals into one autoscaler",
    source: AUTOSCALER,
    check(topology, report) {
      const seen = new Set<string>();
      for (const autoscaler of AUTOSCALERS.split("|").flatMap((type) => topology.document.ofType(type))) {
        const target = topology.document.target(autoscaler.values.target)?.address;
        const repeated = isKnown(autoscaler.values.count) && isKnown(autoscaler.values.for_each);
        if (target !== undefined && seen.has(target) && repeated) report(autoscaler, "target", target);
        if (target !== undefined) seen.add(target);
      }
    },
  },
];
