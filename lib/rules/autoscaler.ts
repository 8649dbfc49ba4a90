import { api, page, unconfirmed } from "../google/source";
import { isHttp, protocolOf } from "../topology/backends";
import { blocksOf } from "../topology/document";
import { AUTOSCALERS, readScaledByLoad, readSecondAutoscalers } from "../topology/instance-groups";
import { isSet, isUnset, numberOf, textOf, textOrDefault } from "../topology/value";
import { gpuOf } from "./gpus";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const byLoad = page("compute/docs/autoscaler/scaling-load-balancing");
const SIGNAL = "autoscaling_policy.load_balancing_utilization";

/** Autoscalers, and whether their signals follow the load. */
export const autoscalerRules: readonly Rule[] = [
  rule("autoscaler-schedule-size", blocks(AUTOSCALERS, "autoscaling_policy"), {
    title: "a schedule must ask for at most max_replicas instances",
    advice: true,
    why: "max_replicas stays the limit: the schedule gets fewer than it says.",
    fix: "raise max_replicas to min_required_replicas",
    source: compute("AutoscalingPolicyScalingSchedule.minRequiredReplicas"),
    judge({ block }, blame) {
      const max = numberOf(block.max_replicas);
      blocksOf(block.scaling_schedules).forEach(({ min_required_replicas: min }, index) => {
        if (max !== undefined && (numberOf(min) ?? 0) > max)
          blame(`scaling_schedules.${index}.min_required_replicas`, min, `max ${max}`);
      });
    },
  }),
  rule("autoscaler-wakes", blocks(AUTOSCALERS, "autoscaling_policy"), {
    title: "an autoscaler that may empty its group must have something to wake it up by",
    advice: true,
    why: "CPU, load balancing and metrics of instances are measured on running instances: without any, nothing asks for the first one.",
    fix: "set min_replicas to 1, or add a schedule or a metric with single_instance_assignment",
    source: compute("AutoscalingPolicyCustomMetricUtilization.singleInstanceAssignment"),
    judge({ block }, blame) {
      const queue = blocksOf(block.metric).some((metric) => !isUnset(metric, "single_instance_assignment"));
      const isBlind =
        isUnset(block, "scaling_schedules") && (isUnset(block, "metric") || isSet(block.metric)) && !queue;
      if (numberOf(block.min_replicas) === 0 && isBlind) blame("min_replicas", 0);
    },
  }),
  rule("autoscaler-region", blocks(AUTOSCALERS), {
    title: "an autoscaler must be where its group is",
    why: "The API rejects a group of another region or zone.",
    fix: "set region or zone to the group's",
    source: compute("Autoscaler.target"),
    judge({ resource, block }, blame, { document }) {
      const name = resource.type === "google_compute_autoscaler" ? "zone" : "region";
      const [own, group] = [textOf(block[name]), textOf(document.target(block.target)?.values[name])];
      if (own !== undefined && group !== undefined && own !== group) blame(name, own, `group in ${group}`);
    },
  }),
  rule("autoscaler-one", readSecondAutoscalers, {
    title: "a group must have one autoscaler",
    why: "The API rejects the second one.",
    fix: "put all signals into one autoscaler",
    source: unconfirmed("docs.cloud.google.com/compute/docs/autoscaler"),
    judge({ resource }, blame) {
      blame("target", resource.values.target);
    },
  }),
  rule("autoscaler-load-streams", (topology) => topology.once(readScaledByLoad), {
    title: "a group scaled by the load balancer must be behind an Application Load Balancer",
    advice: true,
    why: "Other load balancers report no serving capacity, so the group keeps its size. Backend services elsewhere may list the group, too.",
    fix: "scale by cpu_utilization or a metric of the machines",
    source: byLoad,
    judge({ backends }, blame) {
      const protocols = backends.map(({ backend }) => protocolOf(backend));
      if (protocols.every((protocol) => protocol !== undefined && !isHttp(protocol)))
        blame(SIGNAL, protocols, backends[0]!.backend.resource.address);
    },
  }),
  rule("autoscaler-load-gpu", (topology) => topology.once(readScaledByLoad), {
    title: "a GPU group that is scaled by the load balancer must be balanced by a rate or by its own metrics",
    advice: true,
    why: "By UTILIZATION the load balancer sees the CPUs, which idle while the GPUs are busy: the group never grows.",
    fix: "set balancing_mode = RATE and max_rate_per_instance to what one machine answers in time, or add a metric of the GPUs to the autoscaler",
    source: byLoad,
    judge({ backends, templates }, blame) {
      const gpu = templates.map(gpuOf).find((each) => each !== undefined);
      const byCpu = backends.every(
        ({ group: { block } }) =>
          textOrDefault(block.balancing_mode || undefined, "UTILIZATION") === "UTILIZATION" &&
          isUnset(block, "max_rate_per_instance"),
      );
      if (gpu !== undefined && byCpu) blame(SIGNAL, gpu, backends[0]!.backend.resource.address);
    },
  }),
];
