import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import type { TerraformStack } from "cdktf";
import {
  AutoHealing,
  ContainerImage,
  HealthCheck,
  type IInstanceGroupTarget,
  InstanceGroupRegion,
  type InstanceGroupRegionProps,
  RegionNetwork,
} from "../../../lib";
import { testStack } from "../../support";

export const REGION = "europe-west4";
export const READY = AutoHealing.by(HealthCheck.http("/readyz"));

/** What a test changes of a group that serves an image from two vCPUs a machine. */
export interface GroupSetup extends Partial<InstanceGroupRegionProps> {
  readonly in?: TerraformStack;
  readonly id?: string;
}

/** A group in a network of its own stack. */
export function instanceGroup({
  in: stack = testStack(),
  id = "chat",
  ...props
}: GroupSetup = {}): InstanceGroupRegion {
  const network =
    props.network ?? (stack.node.tryFindChild("Network") as RegionNetwork) ?? new RegionNetwork(stack, "Network");
  return new InstanceGroupRegion(stack, id, {
    region: REGION,
    image: ContainerImage.fromReference("europe-docker.pkg.dev/acme/ai/chat:1"),
    network,
    machineType: "n2-standard-4",
    autoHealing: READY,
    ...props,
  });
}

/** A global backend service over groups, as plain as it gets. */
export function backendOver(stack: TerraformStack, ...targets: IInstanceGroupTarget[]): ComputeBackendService {
  const check = new ComputeHealthCheck(stack, "ServingCheck", {
    name: "serving",
    httpHealthCheck: { port: targets[0]!.port, requestPath: "/readyz" },
    lifecycle: { createBeforeDestroy: true },
  });
  return new ComputeBackendService(stack, "Backend", {
    name: "backend",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    protocol: "HTTP",
    portName: targets[0]!.portName,
    healthChecks: [check.id],
    backend: targets.map(({ instanceGroupUrl }) => ({
      group: instanceGroupUrl,
      // By CPU, a group of GPUs that is scaled by the load balancer would never grow.
      balancingMode: "RATE",
      maxRatePerInstance: 4,
      capacityScaler: 1,
    })),
    lifecycle: { createBeforeDestroy: true },
    dependsOn: targets.flatMap(({ dependables }) => dependables),
  });
}
