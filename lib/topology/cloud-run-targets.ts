import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "./document";
import { groupBy } from "./group-by";
import { booleanOf, numberOf, textOf } from "./value";

/** A Cloud Run service and what leads to it. */
export interface CloudRunTarget {
  readonly service: Resource;
  readonly region?: string;
  readonly containers: readonly Block[];
  readonly template?: Block;
  /** Of the service or of the revision, whichever is more; undefined where it is not known. */
  readonly minInstances?: number;
  readonly maxInstances?: number;
  readonly accelerator?: string;
  readonly ingress?: string;
  readonly invokerCheckDisabled: boolean;
  /** Bindings, members and policies of roles/run.invoker. */
  readonly invokerBindings: readonly Resource[];
  readonly hasReadinessProbe: boolean;
  /** Of the first container that has one, as far as it is written out. */
  readonly readinessProbe?: Block;
  /** Serverless NEGs of the document that point here. */
  readonly negs: readonly Resource[];
}

const IAM_TYPES = ["member", "binding", "policy"].map((kind) => `google_cloud_run_v2_service_iam_${kind}`);

export function readCloudRunTargets(document: TerraformDocument): CloudRunTarget[] {
  const services = document.ofType("google_cloud_run_v2_service");
  const byPlace = new Map(services.map((service) => [place(service.values.location, service.values.name), service]));
  const negs = groupBy(document.ofType("google_compute_region_network_endpoint_group"), (neg) => {
    const name = blockOf(neg.values.cloud_run)?.service;
    return (document.target(name) ?? byPlace.get(place(neg.values.region, name)))?.address;
  });
  const bindings = groupBy(
    IAM_TYPES.flatMap((type) => document.ofType(type)),
    (binding) =>
      (document.target(binding.values.name) ?? byPlace.get(place(binding.values.location, binding.values.name)))
        ?.address,
  );
  return services.map((service) =>
    readService(service, negs.get(service.address) ?? [], bindings.get(service.address) ?? []),
  );
}

function readService(
  service: Resource,
  negs: readonly Resource[],
  invokerBindings: readonly Resource[],
): CloudRunTarget {
  const { values } = service;
  const template = blockOf(values.template);
  const containers = blocksOf(template?.containers);
  return {
    service,
    region: textOf(values.location),
    containers,
    template,
    minInstances: minInstances(
      blockOf(values.scaling)?.manual_instance_count ?? blockOf(values.scaling)?.min_instance_count,
      blockOf(template?.scaling)?.min_instance_count,
    ),
    maxInstances: numberOf(blockOf(template?.scaling)?.max_instance_count),
    accelerator: textOf(blockOf(template?.node_selector)?.accelerator),
    ingress: textOf(values.ingress) ?? (values.ingress === undefined ? "INGRESS_TRAFFIC_ALL" : undefined),
    invokerCheckDisabled: booleanOf(values.invoker_iam_disabled) ?? false,
    invokerBindings,
    readinessProbe: containers.map(({ readiness_probe: probe }) => blockOf(probe)).find(Boolean),
    hasReadinessProbe: containers.some((container) => container.readiness_probe !== undefined),
    negs,
  };
}

function minInstances(ofService: unknown, ofRevision: unknown): number | undefined {
  const known = [ofService, ofRevision].map((value) => (value === undefined ? 0 : numberOf(value)));
  return known.some((value) => value === undefined) ? undefined : Math.max(...(known as number[]));
}

function place(location: unknown, name: unknown): string {
  return `${String(location)}/${String(name)}`;
}
