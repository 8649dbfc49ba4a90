import { page, provider, unconfirmed } from "../google/source";
import { isInLocation, isStorageLocation } from "../google/storage";
import { type Block, blockOf, blocksOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed, isKnown, isSet, textOf, textOrDefault } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const BUCKET = "google_storage_bucket";
const docs = provider("google_storage_bucket 7.45.0");
const buckets = blocks(BUCKET);
const ACLS = ["bucket_acl", "bucket_access_control", "default_object_acl", "default_object_access_control"];
const OF_VERSIONS = ["num_newer_versions", "days_since_noncurrent_time", "noncurrent_time_before"];

/** Whether a bucket keeps old versions; undefined where that is not known. */
function isVersioned(bucket: Block): boolean | undefined {
  if (isComputed(bucket, "versioning")) return undefined;
  const enabled = blockOf(bucket.versioning)?.enabled;
  return isKnown(enabled) ? (booleanOf(enabled) ?? false) : undefined;
}

/**
 * What Cloud Storage's service agent needs a grant on: keys of buckets (or their key rings) and
 * topics of notifications.
 */
function* usedByAgent(topology: Topology) {
  const { document } = topology;
  for (const { resource, at, block } of topology.places(BUCKET, "encryption")) {
    const key = document.target(block.default_kms_key_name);
    const ring = document.target(key?.values.key_ring);
    yield { resource, name: `${at}.default_kms_key_name`, used: key, of: [key, ring] };
  }
  for (const { resource, block } of topology.places("google_storage_notification")) {
    const topic = document.target(block.topic);
    yield { resource, name: "topic", used: topic, of: [topic] };
  }
}

/** Buckets and their notifications; what single attributes may be stands in `google/storage.ts`. */
export const storageRules: readonly Rule[] = [
  rule("storage-autoclass", buckets, {
    title: "a bucket with Autoclass must have class STANDARD, and no classes in its lifecycle rules",
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
    fix: "use google_storage_bucket_iam_member",
    source: unconfirmed("docs.cloud.google.com/storage/docs/uniform-bucket-level-access"),
    judge({ block }, blame, { document }) {
      const bucket = document.target(block.bucket);
      if (bucket?.type === BUCKET && booleanOf(bucket.values.uniform_bucket_level_access))
        blame("bucket", bucket.address);
    },
  }),
  rule("storage-grant", usedByAgent, {
    title: "a bucket with a key, and a notification, must wait for the grant on the key or topic to Cloud Storage",
    advice: true,
    why: "Cloud Storage refuses what its service agent may not use. The grant may be in another stack.",
    fix: "grant data.google_storage_project_service_account roles/cloudkms.cryptoKeyEncrypterDecrypter on the key, or roles/pubsub.publisher on the topic, and add the grant to depends_on",
    source: docs,
    judge({ resource, name, used, of }, blame, topology) {
      if (!used || used.isData || !/^google_(kms_crypto_key|pubsub_topic)$/.test(used.type)) return;
      const grants = of
        .flatMap((each) => (each ? topology.referrers(each.address) : []))
        .filter(({ type }) => /_iam_(member|binding|policy)$/.test(type));
      if (grants.length === 0) blame(name, used.address, "no grant on it");
      else if (!grants.some(({ address }) => topology.dependsOn(resource, address)))
        blame("depends_on", resource.values.depends_on, `does not wait for ${grants[0]!.address}`);
    },
  }),
  rule("storage-lifecycle-versions", blocks(BUCKET, "lifecycle_rule"), {
    title: "rules for old versions need a bucket that keeps versions",
    advice: true,
    why: "Without versioning the rule does nothing, unless the bucket was versioned before.",
    fix: "set versioning.enabled = true, or remove the rule",
    source: docs,
    judge({ resource, block }, blame) {
      if (isVersioned(resource.values) !== false) return;
      const condition = blockOf(block.condition) ?? {};
      const name =
        condition.with_state === "ARCHIVED" ? "with_state" : OF_VERSIONS.find((each) => isSet(condition[each]));
      if (name) blame(`condition.${name}`, condition[name]);
    },
  }),
  rule("storage-versions-kept", buckets, {
    title: "a bucket that keeps versions should delete old ones some day",
    advice: true,
    why: "Every overwritten model stays and is paid for, which may be meant.",
    fix: "add a lifecycle_rule that deletes by num_newer_versions or days_since_noncurrent_time",
    source: unconfirmed("docs.cloud.google.com/storage/docs/object-versioning"),
    judge({ block }, blame) {
      if (isVersioned(block) !== true || isComputed(block, "lifecycle_rule")) return;
      const types = blocksOf(block.lifecycle_rule).map(({ action }) => String(blockOf(action)?.type));
      if (types.every((type) => /^(SetStorageClass|AbortIncompleteMultipartUpload)$/.test(type)))
        blame("lifecycle_rule", block.lifecycle_rule);
    },
  }),
  rule("anywhere-cache-location", blocks("google_storage_anywhere_cache"), {
    title: "a cache must be in a zone of its bucket's location",
    fix: "name a zone in the bucket's region, dual-region or multi-region",
    source: page("storage/docs/anywhere-cache", "2026-11-28"),
    judge({ block: { bucket, zone } }, blame, { document }) {
      const target = document.target(bucket);
      const location = target?.type === BUCKET && !target.isData ? textOf(target.values.location) : undefined;
      const region = /^(.+)-[a-z]$/.exec(textOf(zone) ?? "")?.[1];
      if (location === undefined || region === undefined || !isStorageLocation(location)) return;
      const isPlaced = isSet(target!.values.custom_placement_config);
      if (!isPlaced && !isInLocation(region, location)) blame("zone", zone, `bucket in ${location}`);
    },
  }),
];
