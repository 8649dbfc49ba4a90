import { regionName } from "../google/formats";
import { page, unconfirmed } from "../google/source";
import { blockOf, type Resource } from "../topology/document";
import { append, groupBy } from "../topology/group-by";
import { accountOf, iamOf } from "../topology/iam";
import { nested } from "../topology/place";
import type { Topology } from "../topology/topology";
import { booleanOf, textOf, textsOf } from "../topology/value";
import { type Workload, workloadsOf } from "../topology/workloads";
import { type Rule, rule } from "./rule";

const isRegion = (value: unknown): value is string => typeof value === "string" && regionName.holds(value);

/** Workloads by their service account, where this document has it. */
function readByAccount(topology: Topology) {
  const { document } = topology;
  return groupBy(workloadsOf(topology), ({ block }) => document.target(block.service_account)?.address);
}

/** Topics that refuse requests from other regions, with the workloads that may publish to them. */
function guardedTopics(topology: Topology) {
  const { document } = topology;
  const publishers = new Map<string, Workload[]>();
  for (const { family, role, member, iam } of iamOf(topology).grants) {
    if (family !== "google_pubsub_topic" || role !== "roles/pubsub.publisher") continue;
    const topic = document.target(iam.resource.values.topic);
    const workloads = topology.once(readByAccount).get(accountOf(document, member)?.address ?? "");
    for (const workload of topic ? (workloads ?? []) : []) append(publishers, topic!.address, workload);
  }
  return document.ofType("google_pubsub_topic").flatMap((resource) => {
    const policy = blockOf(resource.values.message_storage_policy);
    const regions = textsOf(policy?.allowed_persistence_regions);
    if (booleanOf(policy?.enforce_in_transit) !== true || regions.length === 0) return [];
    return [{ resource, regions, publishers: publishers.get(resource.address) ?? [] }];
  });
}

/** Buckets of one region with the workloads of other regions that mount them. */
function farMounts(topology: Topology) {
  const { document } = topology;
  const byBucket = new Map<Resource, Workload[]>();
  for (const workload of workloadsOf(topology)) {
    for (const { block } of workload.volumes.flatMap((volume) => nested(volume, "gcs"))) {
      const bucket = document.target(block.bucket);
      const location = textOf(bucket?.values.location)?.toLowerCase();
      const { region } = workload;
      if (bucket && !bucket.isData && isRegion(location) && isRegion(region) && location !== region)
        append(byBucket, bucket, workload);
    }
  }
  return [...byBucket].map(([resource, workloads]) => ({ resource, workloads }));
}

/** Whether everything is where its readers and its residency are. Keys: `kms-location`. */
export const placeRules: readonly Rule[] = [
  rule("place-publisher", guardedTopics, {
    title: "a topic that enforces its regions in transit must allow those of its publishers",
    advice: true,
    why: "A publisher in another region is refused with FAILED_PRECONDITION, unless it asks the endpoint of an allowed one.",
    fix: "add the region to allowed_persistence_regions, or publish to the endpoint of an allowed region",
    source: page("pubsub/docs/resource-location-restriction", "2026-11-28"),
    judge({ regions, publishers }, blame) {
      const outside = publishers.find(({ region }) => isRegion(region) && !regions.includes(region));
      if (outside)
        blame(
          "message_storage_policy.allowed_persistence_regions",
          regions,
          `${outside.resource.address} is in ${outside.region}`,
        );
    },
  }),
  rule("place-mounted-bucket", farMounts, {
    title: "a bucket should be in the region of the workloads that mount it",
    advice: true,
    why: "Every instance reads its files from another region when it starts: that is slow, and traffic between regions is paid for.",
    fix: "give each region a bucket of its own, or use a dual-region or multi-region bucket that includes them",
    source: unconfirmed("docs.cloud.google.com/run/docs/configuring/services/cloud-storage-volume-mounts"),
    judge({ resource, workloads }, blame) {
      const regions = [...new Set(workloads.map(({ region }) => region))];
      blame("location", resource.values.location, `mounted in ${regions.join(", ")}`);
    },
  }),
];
