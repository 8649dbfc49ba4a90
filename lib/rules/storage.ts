import { provider, unconfirmed } from "../google/source";
import { isStorageLocation } from "../google/storage";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed, isKnown, isSet, isUnset, textOf, textOrDefault } from "../topology/value";
import { type Blame, blocks, type Rule, rule } from "./rule";

const BUCKET = "google_storage_bucket";
const docs = provider("google_storage_bucket 7.45.0");
const buckets = blocks(BUCKET);
const lifecycleRules = blocks(BUCKET, "lifecycle_rule");
const ACLS = ["bucket_acl", "bucket_access_control", "default_object_acl", "default_object_access_control"];

/** Whether a bucket keeps old versions; undefined where that is not known. */
function isVersioned(bucket: Block): boolean | undefined {
  if (isComputed(bucket, "versioning")) return undefined;
  const enabled = blockOf(bucket.versioning)?.enabled;
  return isKnown(enabled) ? (booleanOf(enabled) ?? false) : undefined;
}

/** Blames what needs a grant on one of these resources and does not wait for one; none is blamed at the attribute that names them. */
function judgeGrant(
  resource: Resource,
  granted: readonly Resource[],
  attribute: string,
  blame: Blame,
  topology: Topology,
) {
  const grants = granted
    .flatMap(({ address }) => topology.referrers(address))
    .filter(({ type }) => /_iam_(member|binding|policy)$/.test(type));
  if (grants.length === 0) blame(attribute, granted[0]!.address, "no grant on it");
  else if (!grants.some(({ address }) => topology.dependsOn(resource, address)))
    blame("depends_on", resource.values.depends_on, `does not wait for ${grants[0]!.address}`);
}

/** Buckets and their notifications; what single attributes may be stands in `google/storage.ts`. */
export const storageRules: readonly Rule[] = [
  rule("storage-autoclass", buckets, {
    title: "a bucket with Autoclass must have class STANDARD, and no classes in its lifecycle rules",
    why: "Autoclass moves the objects itself: the API rejects rules that do it, too.",
    fix: "remove SetStorageClass rules and matches_storage_class, or Autoclass",
    source: unconfirmed("docs.cloud.google.com/storage/docs/autoclass"),
    judge({ block }, blame) {
      if (booleanOf(blockOf(block.autoclass)?.enabled) !== true) return;
      const storageClass = textOrDefault(block.storage_class, "STANDARD");
      if (storageClass !== undefined && storageClass !== "STANDARD") blame("storage_class", storageClass);
      blocksOf(block.lifecycle_rule).forEach(({ action, condition }, index) => {
        const type = blockOf(action)?.type;
        const matches = blockOf(condition)?.matches_storage_class;
        if (type === "SetStorageClass") blame(`lifecycle_rule.${index}.action.type`, type);
        else if (isSet(matches)) blame(`lifecycle_rule.${index}.condition.matches_storage_class`, matches);
      });
    },
  }),
  rule("storage-acl-uniform", blocks(ACLS.map((name) => `google_storage_${name}`).join("|")), {
    title: "a bucket with uniform access must not have ACLs",
    why: "The API rejects ACLs there.",
    fix: "use google_storage_bucket_iam_member",
    source: unconfirmed("docs.cloud.google.com/storage/docs/uniform-bucket-level-access"),
    judge({ block }, blame, { document }) {
      const bucket = document.target(block.bucket);
      if (bucket?.type === BUCKET && booleanOf(bucket.values.uniform_bucket_level_access) === true)
        blame("bucket", bucket.address);
    },
  }),
  rule("storage-key-location", buckets, {
    title: "a bucket's key must be in the bucket's location",
    why: "The API rejects a key of another location.",
    fix: "make a key ring in the bucket's location",
    source: docs,
    judge({ block }, blame, { document }) {
      const name = blockOf(block.encryption)?.default_kms_key_name;
      const ring = document.target(document.target(name)?.values.key_ring);
      const literal = /^projects\/[^/]+\/locations\/([^/]+)\//.exec(textOf(name) ?? "")?.[1];
      const place = textOf(ring?.values.location) ?? literal;
      const location = textOf(block.location)?.toLowerCase();
      if (place === undefined || location === undefined || !isStorageLocation(location)) return;
      if (place.toLowerCase() !== (location === "eu" ? "europe" : location))
        blame("encryption.default_kms_key_name", place, `bucket in ${location}`);
    },
  }),
  rule("storage-key-grant", buckets, {
    title: "Cloud Storage must be allowed to use a bucket's key before the bucket is made",
    advice: true,
    why: "Its service agent needs roles/cloudkms.cryptoKeyEncrypterDecrypter. Not an error, because the grant may be in another stack.",
    fix: "grant it to data.google_storage_project_service_account on the key, and add it to depends_on of the bucket",
    source: docs,
    judge({ resource, block }, blame, topology) {
      const key = topology.document.target(blockOf(block.encryption)?.default_kms_key_name);
      if (key?.type !== "google_kms_crypto_key" || key.isData) return;
      const ring = topology.document.target(key.values.key_ring);
      judgeGrant(resource, ring ? [key, ring] : [key], "encryption.default_kms_key_name", blame, topology);
    },
  }),
  rule("storage-log-self", buckets, {
    title: "a bucket's access logs should go to another bucket",
    advice: true,
    why: "Each log object makes a further log line. Not an error, because it works.",
    fix: "name another bucket in logging.log_bucket",
    source: docs,
    judge({ resource, block }, blame, { document }) {
      const name = blockOf(block.logging)?.log_bucket;
      const own = textOf(block.name);
      if (document.target(name) === resource || (own !== undefined && textOf(name) === own))
        blame("logging.log_bucket", name);
    },
  }),
  rule("storage-lifecycle-condition", lifecycleRules, {
    title: "a lifecycle rule must have a condition",
    why: "The API rejects a rule without one.",
    fix: "set age, num_newer_versions, matches_prefix or another condition",
    source: docs,
    judge({ block }, blame) {
      const condition = blockOf(block.condition) ?? {};
      if (!isComputed(block, "condition") && Object.keys(condition).every((name) => isUnset(condition, name)))
        blame("condition", block.condition);
    },
  }),
  rule("storage-lifecycle-uploads", lifecycleRules, {
    title: "unfinished uploads must be matched by age, prefix and suffix only",
    why: "The API rejects other conditions for AbortIncompleteMultipartUpload.",
    fix: "keep age, matches_prefix and matches_suffix",
    source: unconfirmed("docs.cloud.google.com/storage/docs/lifecycle"),
    judge({ block }, blame) {
      if (blockOf(block.action)?.type !== "AbortIncompleteMultipartUpload") return;
      for (const [name, value] of Object.entries(blockOf(block.condition) ?? {}))
        if (!/^(age|matches_prefix|matches_suffix|send_.*|\/\/)$/.test(name) && isSet(value))
          blame(`condition.${name}`, value);
    },
  }),
  rule("storage-lifecycle-versions", lifecycleRules, {
    title: "rules for old versions need a bucket that keeps versions",
    advice: true,
    why: "Without versioning there are no old versions, and the rule does nothing. Not an error, because the bucket may have been versioned before.",
    fix: "set versioning.enabled = true, or remove the rule",
    source: docs,
    judge({ resource, block }, blame) {
      if (isVersioned(resource.values) !== false) return;
      const condition = blockOf(block.condition) ?? {};
      const names = ["num_newer_versions", "days_since_noncurrent_time", "noncurrent_time_before"];
      const name = condition.with_state === "ARCHIVED" ? "with_state" : names.find((each) => isSet(condition[each]));
      if (name) blame(`condition.${name}`, condition[name]);
    },
  }),
  rule("storage-versions-kept", buckets, {
    title: "a bucket that keeps versions should delete old ones some day",
    advice: true,
    why: "Every overwritten model stays and is paid for. Not an error, because it may be meant.",
    fix: "add a lifecycle_rule that deletes by num_newer_versions or days_since_noncurrent_time",
    source: unconfirmed("docs.cloud.google.com/storage/docs/object-versioning"),
    judge({ block }, blame) {
      if (isVersioned(block) !== true || isComputed(block, "lifecycle_rule")) return;
      const types = blocksOf(block.lifecycle_rule).map(({ action }) => String(blockOf(action)?.type));
      if (types.every((type) => /^(SetStorageClass|AbortIncompleteMultipartUpload)$/.test(type)))
        blame("lifecycle_rule", block.lifecycle_rule);
    },
  }),
  rule("storage-notification-grant", blocks("google_storage_notification"), {
    title: "a notification must wait for the grant that lets Cloud Storage publish to its topic",
    advice: true,
    why: "The API rejects a notification to a topic that the service agent may not publish to. Not an error, because the grant may be in another stack.",
    fix: "grant roles/pubsub.publisher on the topic to data.google_storage_project_service_account, and add the grant to depends_on of the notification",
    source: provider("google_storage_notification 7.45.0"),
    judge({ resource, block }, blame, topology) {
      const topic = topology.document.target(block.topic);
      if (topic?.type === "google_pubsub_topic" && !topic.isData)
        judgeGrant(resource, [topic], "topic", blame, topology);
    },
  }),
];
