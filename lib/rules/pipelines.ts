import { page, unconfirmed } from "../google/source";
import { isStorageLocation } from "../google/storage";
import { isExpression } from "../language/reference";
import { blockOf, type Resource } from "../topology/document";
import { type Pipeline, pipelinesOf } from "../topology/pipelines";
import type { Topology } from "../topology/topology";
import { booleanOf, isUnset, textOf, textsOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const NEW_OBJECT = "OBJECT_FINALIZE";

/** Notifications that tell of each new object in their bucket. */
function announcers({ notifications }: Pipeline) {
  return notifications.filter(({ resource: { values } }) => {
    const isOfAll = isUnset(values, "event_types") || textsOf(values.event_types).includes(NEW_OBJECT);
    return isOfAll && isUnset(values, "object_name_prefix");
  });
}

/** By bucket: the buckets to which its new objects lead, over any number of pipelines. */
function readFed(topology: Topology): ReadonlyMap<Resource, ReadonlySet<Resource>> {
  const next = new Map<Resource, Set<Resource>>();
  for (const pipeline of pipelinesOf(topology)) {
    for (const { bucket } of announcers(pipeline)) {
      const known = next.get(bucket) ?? new Set();
      for (const result of pipeline.results) known.add(result);
      next.set(bucket, known);
    }
  }
  return new Map([...next.keys()].map((bucket) => [bucket, reachable(next, bucket)]));
}

function reachable(next: ReadonlyMap<Resource, ReadonlySet<Resource>>, from: Resource): Set<Resource> {
  const seen = new Set<Resource>();
  const queue = [...(next.get(from) ?? [])];
  for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
    if (seen.has(each)) continue;
    seen.add(each);
    queue.push(...(next.get(each) ?? []));
  }
  return seen;
}

/** Notifications with pipelines whose results come back to their bucket. */
function* loops(topology: Topology) {
  const fed = topology.once(readFed);
  for (const pipeline of pipelinesOf(topology)) {
    for (const { resource, bucket } of announcers(pipeline)) {
      const back = pipeline.results.find((result) => result === bucket || fed.get(result)?.has(bucket));
      if (back) yield { resource, bucket, back, workload: pipeline.workloads[0]!.resource };
    }
  }
}

/** Pipelines over a topic that enforces its regions, and their parts whose place is known. */
function* resident(topology: Topology) {
  for (const { topic, subscription, notifications, workloads, results } of pipelinesOf(topology)) {
    const policy = blockOf(topic.values.message_storage_policy);
    const regions = textsOf(policy?.allowed_persistence_regions);
    if (booleanOf(policy?.enforce_in_transit) !== true || regions.length === 0) continue;
    if ([policy?.allowed_persistence_regions].flat().some(isExpression)) continue;
    const parts = [
      ...notifications.map(({ bucket }) => bucket),
      ...workloads.map(({ resource }) => resource),
      ...results,
    ].flatMap((part) => {
      const location = textOf(part.values.location)?.toLowerCase();
      return location !== undefined && isStorageLocation(location) ? [{ address: part.address, location }] : [];
    });
    yield { resource: subscription, regions, parts };
  }
}

/** Work that goes from a bucket over a topic to a processor and its results. */
export const pipelineRules: readonly Rule[] = [
  rule("pipeline-loop", loops, {
    title: "results must not come back into the bucket whose new objects are processed",
    advice: true,
    why: "Each result would be processed again, for ever, and paid for each time. The code may tell them apart.",
    fix: "write results to a bucket of their own, or set object_name_prefix on the notification",
    source: unconfirmed("docs.cloud.google.com/storage/docs/pubsub-notifications"),
    judge({ resource, bucket, back, workload }, blame) {
      const over = back === bucket ? "" : ` over ${back.address}`;
      blame("bucket", resource.values.bucket, `${workload.address} may write to ${bucket.address}${over}`);
    },
  }),
  rule("pipeline-residency", resident, {
    title: "what works on a topic that enforces its regions must be in those regions",
    advice: true,
    why: "Messages are not delivered, or data leaves the region all the same. It may be meant.",
    fix: "move bucket, processor and results into the allowed regions, or set enforce_in_transit = false",
    source: page("pubsub/docs/resource-location-restriction", "2026-11-28"),
    judge({ resource, regions, parts }, blame) {
      const outside = parts.find(({ location }) => !regions.includes(location));
      if (outside) blame("topic", resource.values.topic, `${outside.address} is in ${outside.location}`);
    },
  }),
];
