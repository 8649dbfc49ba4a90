import { blockOf, type Resource } from "./document";
import { append, groupBy } from "./group-by";
import { accountOf, iamOf } from "./iam";
import { serviceIn } from "./invocation";
import type { Topology } from "./topology";
import { type Workload, workloadsOf } from "./workloads";

const BUCKET = "google_storage_bucket";
const WRITES = /^roles\/storage\.(admin|objectAdmin|objectUser|objectCreator|legacyBucketWriter|legacyBucketOwner)$/;
const PULLS = /^roles\/pubsub\.(subscriber|editor|admin)$/;

/** A subscription of this document with what it leads from and to, as far as the document says. */
export interface Pipeline {
  readonly subscription: Resource;
  readonly topic: Resource;
  /** What announces the objects of a bucket on the topic. */
  readonly notifications: readonly { readonly resource: Resource; readonly bucket: Resource }[];
  /** The service that gets the pushes, or what pulls. */
  readonly workloads: readonly Workload[];
  readonly isPush: boolean;
  /** Buckets that the workloads may write to. */
  readonly results: readonly Resource[];
}

/** Every subscription that a workload of this document works on. */
export function pipelinesOf(topology: Topology): readonly Pipeline[] {
  return topology.once(readPipelines);
}

function readPipelines(topology: Topology): Pipeline[] {
  const { document } = topology;
  const notifications = groupBy(notificationsOf(topology), ({ topic }) => topic);
  const byAccount = groupBy(workloadsOf(topology), ({ block }) => document.target(block.service_account)?.address);
  const pullers = grantsByThing(topology, "google_pubsub_subscription", "subscription", PULLS);
  const written = bucketsByAccount(topology);
  return document.ofType("google_pubsub_subscription").flatMap((subscription) => {
    const topic = document.target(subscription.values.topic);
    if (topic?.type !== "google_pubsub_topic" || topic.isData) return [];
    const push = blockOf(subscription.values.push_config);
    const service = push && serviceIn(topology, push.push_endpoint);
    const workloads = push
      ? workloadsOf(topology).filter(({ resource }) => resource === service)
      : (pullers.get(subscription.address) ?? []).flatMap((account) => byAccount.get(account) ?? []);
    if (workloads.length === 0) return [];
    const accounts = workloads.flatMap(({ block }) => document.target(block.service_account)?.address ?? []);
    const results = [...new Set(accounts.flatMap((account) => written.get(account) ?? []))];
    const from = notifications.get(topic.address) ?? [];
    return [{ subscription, topic, notifications: from, workloads, isPush: push !== undefined, results }];
  });
}

/** Notifications of buckets of this document. */
function notificationsOf({ document }: Topology) {
  return document.ofType("google_storage_notification").flatMap((resource) => {
    const bucket = document.target(resource.values.bucket);
    if (bucket?.type !== BUCKET || bucket.isData) return [];
    return [{ resource, bucket, topic: document.target(resource.values.topic)?.address }];
  });
}

/** Accounts of this document that hold one of some roles, by the address of the thing. */
function grantsByThing(topology: Topology, family: string, attribute: string, roles: RegExp): Map<string, string[]> {
  const { document } = topology;
  const found = new Map<string, string[]>();
  for (const grant of iamOf(topology).grants) {
    if (grant.family !== family || !roles.test(grant.role ?? "")) continue;
    const thing = document.target(grant.iam.resource.values[attribute]);
    const account = accountOf(document, grant.member);
    if (thing && account) append(found, thing.address, account.address);
  }
  return found;
}

function bucketsByAccount(topology: Topology): Map<string, Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const [address, accounts] of grantsByThing(topology, BUCKET, "bucket", WRITES)) {
    const bucket = topology.document.at(address);
    if (bucket && !bucket.isData) for (const account of accounts) append(found, account, bucket);
  }
  return found;
}
