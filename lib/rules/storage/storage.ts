import { REGIONS } from "../../google/regions";
import { blockOf, blocksOf, type Resource } from "../../topology/document";
import { booleanOf, isKnown, textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { isVersioned, storageLifecycleRules } from "./storage-lifecycle";
import { BUCKET, storageLimitRules } from "./storage-limits";
import { storageNotificationRules } from "./storage-notifications";

const DOCS = "provider documentation of google_storage_bucket 7.45.0";
const LOCATIONS = "docs.cloud.google.com/storage/docs/locations, from general knowledge, 2026-11";
const MULTI = ["us", "eu", "asia"];
const DUAL = ["asia1", "eur4", "eur5", "eur7", "eur8", "nam4"];
const KNOWN = new Set([...MULTI, ...DUAL, ...REGIONS.map((region) => region.name)]);
const ACLS = ["bucket_acl", "bucket_access_control", "default_object_acl", "default_object_access_control"].map(
  (name) => `google_storage_${name}`,
);

/** The location in lower case: the API does not tell cases apart. */
function locationOf(bucket: Resource): string | undefined {
  return textOf(bucket.values.location)?.toLowerCase();
}

const bucketRules: readonly Rule[] = [
  resourceRule(
    {
      id: "storage-location",
      title: "the location is a region, dual-region or multi-region of Cloud Storage",
      severity: "warning",
      why: "The API rejects a location that does not exist. Not an error, because Google may have opened one since the list was read.",
      fix: "correct the location, such as europe-west1, EUR4 or EU",
      source: LOCATIONS,
    },
    BUCKET,
    (bucket, blame) => {
      const location = locationOf(bucket);
      if (location !== undefined && !KNOWN.has(location)) blame("location", bucket.values.location);
    },
  ),
  resourceRule(
    {
      id: "storage-placement-location",
      title: "a bucket with two chosen regions is in a multi-region location",
      why: "The API wants the code of the continent or country as location, and two different regions in it.",
      fix: 'set location = "US", "EU" or "ASIA"',
      source: LOCATIONS,
    },
    BUCKET,
    (bucket, blame) => {
      const regions = blockOf(bucket.values.custom_placement_config)?.data_locations;
      if (!Array.isArray(regions)) return;
      const location = locationOf(bucket);
      if (location !== undefined && /-.*\d$/.test(location)) blame("location", bucket.values.location);
      const names = regions.flatMap((region) => textOf(region)?.toLowerCase() ?? []);
      if (new Set(names).size < names.length) blame("custom_placement_config.data_locations", regions);
    },
  ),
  resourceRule(
    {
      id: "storage-rpo-location",
      title: "replication settings are for buckets in more than one region, turbo replication for dual-regions",
      why: "The API rejects rpo on a bucket in one region, and ASYNC_TURBO on a multi-region one.",
      fix: "take rpo away, or use a dual-region",
      source: DOCS,
    },
    BUCKET,
    (bucket, blame) => {
      const { rpo } = bucket.values;
      const location = locationOf(bucket);
      if (!isSet(rpo) || location === undefined || isSet(bucket.values.custom_placement_config)) return;
      const single = /-.*\d$/.test(location);
      if (single || (rpo === "ASYNC_TURBO" && MULTI.includes(location))) blame("rpo", rpo, location);
    },
  ),
  resourceRule(
    {
      id: "storage-legacy-class",
      title: "REGIONAL is for one region, MULTI_REGIONAL for several",
      why: "The API rejects the other one.",
      fix: "use STANDARD",
      source: "docs.cloud.google.com/storage/docs/storage-classes, legacy classes, from general knowledge, 2026-11",
    },
    BUCKET,
    (bucket, blame) => {
      const storageClass = textOf(bucket.values.storage_class);
      const location = locationOf(bucket);
      if (location === undefined || !KNOWN.has(location)) return;
      const single = /-.*\d$/.test(location);
      if ((storageClass === "REGIONAL" && !single) || (storageClass === "MULTI_REGIONAL" && single))
        blame("storage_class", storageClass, location);
    },
  ),
  resourceRule(
    {
      id: "storage-autoclass",
      title:
        "a bucket with Autoclass is of class STANDARD and has no class conditions or changes in its lifecycle rules",
      why: "Autoclass moves the objects itself: the API rejects rules that do it too.",
      fix: "take SetStorageClass rules and matches_storage_class away, or Autoclass",
      source: "docs.cloud.google.com/storage/docs/autoclass, from general knowledge, 2026-11",
    },
    BUCKET,
    (bucket, blame) => {
      if (booleanOf(blockOf(bucket.values.autoclass)?.enabled) !== true) return;
      const storageClass = textOrDefault(bucket.values.storage_class, "STANDARD");
      if (storageClass !== undefined && storageClass !== "STANDARD") blame("storage_class", storageClass);
      blocksOf(bucket.values.lifecycle_rule).forEach((rule, index) => {
        const type = blockOf(rule.action)?.type;
        const matches = blockOf(rule.condition)?.matches_storage_class;
        if (type === "SetStorageClass") blame(`lifecycle_rule.${index}.action.type`, type);
        else if (isSet(matches)) blame(`lifecycle_rule.${index}.condition.matches_storage_class`, matches);
      });
    },
  ),
  resourceRule(
    {
      id: "storage-uniform-access",
      title: "a bucket has uniform bucket-level access",
      severity: "warning",
      why: "The default is false: each object may have an ACL of its own, which no IAM policy shows. Not an error, because it works.",
      fix: "set uniform_bucket_level_access = true",
      source: DOCS,
    },
    BUCKET,
    (bucket, blame) => {
      const uniform = bucket.values.uniform_bucket_level_access;
      if (isKnown(uniform) && booleanOf(uniform) !== true) blame("uniform_bucket_level_access", uniform);
    },
  ),
  resourceRule(
    {
      id: "storage-hierarchical",
      title: "a bucket with folders has uniform bucket-level access and no versions",
      why: "The API rejects a hierarchical namespace without uniform access, and with versioning.",
      fix: "set uniform_bucket_level_access = true and take versioning away",
      source: `${DOCS}; docs.cloud.google.com/storage/docs/hns-overview, from general knowledge`,
    },
    BUCKET,
    (bucket, blame) => {
      if (booleanOf(blockOf(bucket.values.hierarchical_namespace)?.enabled) !== true) return;
      const uniform = bucket.values.uniform_bucket_level_access;
      if (isKnown(uniform) && booleanOf(uniform) !== true) blame("uniform_bucket_level_access", uniform);
      if (isVersioned(bucket) === true) blame("versioning.enabled", true);
    },
  ),
  resourceRule(
    {
      id: "storage-acl-uniform",
      title: "a bucket with uniform access has no ACLs",
      why: "The API rejects ACLs there.",
      fix: "use google_storage_bucket_iam_member",
      source: "docs.cloud.google.com/storage/docs/uniform-bucket-level-access, from general knowledge, 2026-11",
    },
    ACLS.join("|"),
    (acl, blame, { document }) => {
      const bucket = document.target(acl.values.bucket);
      if (bucket?.type === BUCKET && booleanOf(bucket.values.uniform_bucket_level_access) === true)
        blame("bucket", bucket.address);
    },
  ),
  resourceRule(
    {
      id: "storage-key-location",
      title: "a bucket's key is in the bucket's location",
      why: "The API rejects a key of another location.",
      fix: "make a key ring in the bucket's location",
      source: DOCS,
    },
    BUCKET,
    (bucket, blame, { document }) => {
      const name = blockOf(bucket.values.encryption)?.default_kms_key_name;
      const key = document.target(name);
      const ring = key && document.target(key.values.key_ring);
      const literal = /^projects\/[^/]+\/locations\/([^/]+)\//.exec(textOf(name) ?? "")?.[1];
      const place = textOf(ring?.values.location) ?? literal;
      const location = locationOf(bucket);
      if (place === undefined || location === undefined || !KNOWN.has(location)) return;
      const wanted = location === "eu" ? "europe" : location;
      if (place.toLowerCase() !== wanted) blame("encryption.default_kms_key_name", place, `bucket in ${location}`);
    },
  ),
  resourceRule(
    {
      id: "storage-key-grant",
      title: "Cloud Storage may use a bucket's key",
      severity: "warning",
      why: "Its service agent needs roles/cloudkms.cryptoKeyEncrypterDecrypter before the bucket is made. Not an error, because the grant may be in another stack.",
      fix: "grant it to data.google_storage_project_service_account on the key, and add it to depends_on of the bucket",
      source: DOCS,
    },
    BUCKET,
    (bucket, blame, topology) => {
      const key = topology.document.target(blockOf(bucket.values.encryption)?.default_kms_key_name);
      if (key?.type !== "google_kms_crypto_key" || key.isData) return;
      const ring = topology.document.target(key.values.key_ring);
      const granting = [key, ...(ring ? [ring] : [])].flatMap(({ address }) =>
        topology.referrers(address).filter(({ type }) => /_iam_(member|binding|policy)$/.test(type)),
      );
      if (granting.length === 0) blame("encryption.default_kms_key_name", key.address, "no grant on the key");
      else if (!granting.some(({ address }) => topology.dependsOn(bucket, address)))
        blame("depends_on", bucket.values.depends_on, `does not wait for ${granting[0]!.address}`);
    },
  ),
  resourceRule(
    {
      id: "storage-retention-locked",
      title: "a locked retention policy is meant",
      severity: "warning",
      why: "A lock cannot be undone: neither the bucket nor the project can be deleted before the last object has come of age. Not an error, because the law may want it.",
      fix: "take is_locked away unless it has to be",
      source: DOCS,
    },
    BUCKET,
    (bucket, blame) => {
      const locked = blockOf(bucket.values.retention_policy)?.is_locked;
      if (booleanOf(locked) === true) blame("retention_policy.is_locked", locked);
    },
  ),
  resourceRule(
    {
      id: "storage-log-self",
      title: "a bucket's access logs go to another bucket",
      severity: "warning",
      why: "Each log object makes a further log line. Not an error, because it works.",
      fix: "name another bucket in logging.log_bucket",
      source: DOCS,
    },
    BUCKET,
    (bucket, blame, { document }) => {
      const name = blockOf(bucket.values.logging)?.log_bucket;
      const own = textOf(bucket.values.name);
      if (document.target(name) === bucket || (own !== undefined && textOf(name) === own))
        blame("logging.log_bucket", name);
    },
  ),
];

/** Buckets and their notifications. */
export const storageRules: readonly Rule[] = [
  ...storageLimitRules,
  ...bucketRules,
  ...storageLifecycleRules,
  ...storageNotificationRules,
];
