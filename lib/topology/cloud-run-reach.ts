import type { Backend } from "./backends";
import type { CloudRunTarget } from "./cloud-run-targets";
import { append } from "./group-by";
import { nested } from "./place";
import type { Topology } from "./topology";
import { isUnset, textsOf } from "./value";
import { workloadsOf } from "./workloads";

const PUBLIC = ["allUsers", "allAuthenticatedUsers"];

/** Connectors, subnetworks and where they have to be. */
export function waysOut(topology: Topology) {
  return workloadsOf(topology).flatMap((workload) =>
    nested(workload, "vpc_access").flatMap((access) =>
      [access, ...nested(access, "network_interfaces")].map((place) => ({ ...place, region: workload.region })),
    ),
  );
}

export interface Target extends CloudRunTarget {
  readonly resource: CloudRunTarget["service"];
}

export const targets = ({ cloudRunTargets }: Topology): Target[] =>
  cloudRunTargets.map((target) => ({ ...target, resource: target.service }));

/**
 * Services behind a load balancer for the internet; a global backend service is external unless it
 * says otherwise.
 */
export function behindExternal(topology: Topology) {
  const isExternal = ({ resource, isGlobal, scheme }: Backend) =>
    isUnset(resource.values, "load_balancing_scheme") ? isGlobal : scheme?.startsWith("EXTERNAL");
  const byNeg = new Map<string, Backend[]>();
  for (const backend of topology.backends.filter(isExternal)) {
    for (const { resource } of backend.groups) if (resource) append(byNeg, resource.address, backend);
  }
  return targets(topology).flatMap((target) => {
    const backends = target.negs.flatMap(({ address }) => byNeg.get(address) ?? []);
    return backends.length > 0 ? [{ ...target, backends }] : [];
  });
}

export const invokersOf = ({ invokerBindings }: CloudRunTarget) =>
  invokerBindings.filter(({ values }) => values.role === "roles/run.invoker");

/** Whether anyone may surely call it. */
export function isPublic(target: CloudRunTarget): boolean {
  const members = invokersOf(target).flatMap(({ values }) => [...textsOf(values.members), values.member]);
  return target.invokerCheckDisabled || members.some((member) => PUBLIC.includes(String(member)));
}

/** Whether a NEG of the document names its service by something unknown, or by a mask. */
export function mayBeBehindNeg(topology: Topology): boolean {
  return topology.document
    .ofType("google_compute_region_network_endpoint_group")
    .some((neg) => neg.values.cloud_run !== undefined && !topology.cloudRunBehind(neg));
}
