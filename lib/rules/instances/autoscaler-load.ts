import { textOrDefault } from "../../topology/value";
import { isHttp, protocolOf } from "../load-balancer/backend-rule";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { groupsOf, type ManagedGroup } from "./instance-group-model";
import { gpuOf } from "./instance-template-model";

const SOURCE = "docs.cloud.google.com/compute/docs/autoscaler/scaling-load-balancing, read 2026-11-22";
const AT = "autoscaling_policy.load_balancing_utilization";

/** Groups that are scaled by the load balancer: whether what it sees follows the load. */
export const autoscalerLoadRules: readonly Rule[] = [
  {
    id: "autoscaler-load-streams",
    title: "a group scaled by the load balancer stands behind an Application Load Balancer",
    severity: "warning",
    why: "Other load balancers report no serving capacity, so the group keeps its size. Not an error, because other backend services may list the group elsewhere.",
    fix: "scale by cpu_utilization or a metric of the machines",
    source: SOURCE,
    check(topology, report) {
      for (const { autoscaler, backends } of scaledByLoad(groupsOf(topology))) {
        const protocols = backends.map(({ backend }) => protocolOf(backend));
        if (protocols.every((protocol) => protocol !== undefined && !isHttp(protocol)))
          report(autoscaler!, AT, protocols, backends[0]!.backend.resource.address);
      }
    },
  },
  {
    id: "autoscaler-load-gpu",
    title: "a group with GPUs that is scaled by the load balancer is balanced by a rate or by its own metrics",
    severity: "warning",
    why: "By UTILIZATION the load balancer sees the CPUs, which idle while the GPUs are busy: the group never grows. Not an error, because CPUs may be busy too.",
    fix: "set balancing_mode = RATE and max_rate_per_instance to what one machine answers in time, or add a metric of the GPUs to the autoscaler",
    source: SOURCE,
    check(topology, report) {
      for (const { autoscaler, backends, templates } of scaledByLoad(groupsOf(topology))) {
        const gpu = templates.map(gpuOf).find((each) => each !== undefined);
        const byCpu = backends.every(
          ({ group: { block } }) =>
            textOrDefault(block.balancing_mode, "UTILIZATION") === "UTILIZATION" && !isSet(block.max_rate_per_instance),
        );
        if (gpu !== undefined && byCpu) report(autoscaler!, AT, gpu, backends[0]!.backend.resource.address);
      }
    },
  },
];

/** Those with no other signal. A schedule is none: it follows the clock. */
function scaledByLoad(groups: readonly ManagedGroup[]): ManagedGroup[] {
  return groups.filter(
    ({ scaling, backends }) =>
      backends.length > 0 &&
      isSet(scaling?.load_balancing_utilization) &&
      !isSet(scaling?.cpu_utilization) &&
      !isSet(scaling?.metric),
  );
}
