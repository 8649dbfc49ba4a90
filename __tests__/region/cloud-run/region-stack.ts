import type { Construct } from "constructs";
import { CloudRunRegion, type CloudRunRegionProps, ContainerImage } from "../../../lib";
import { type Block, blockOf } from "../../../lib/topology/document";
import { only, synth, testStack } from "../../support";

export const SERVICE = "google_cloud_run_v2_service";
export const NEG = "google_compute_region_network_endpoint_group";
export const INVOKER = "google_cloud_run_v2_service_iam_member";

export const IMAGE = `europe-docker.pkg.dev/p/models/chat@sha256:${"0123456789abcdef".repeat(4)}`;

/** A region with nothing but what the test sets. */
export function addRegion(scope: Construct, props: Partial<CloudRunRegionProps> = {}, id = "Chat"): CloudRunRegion {
  return new CloudRunRegion(scope, id, {
    region: "europe-west1",
    image: ContainerImage.fromReference(IMAGE),
    ...props,
  });
}

/** The synthesized service of a region with these props. */
export function service(props: Partial<CloudRunRegionProps> = {}): Block {
  const stack = testStack();
  addRegion(stack, props);
  return only(synth(stack), SERVICE).values;
}

/** Its revision template. */
export function template(props: Partial<CloudRunRegionProps> = {}): Block {
  return blockOf(service(props).template)!;
}

/** The container in it. */
export function container(props: Partial<CloudRunRegionProps> = {}): Block {
  return blockOf(template(props).containers)!;
}

/** Constructs a region for its error, without synthesis. */
export function construct(props: Partial<CloudRunRegionProps>): () => CloudRunRegion {
  return () => addRegion(testStack(), props);
}
