import { blockOf, blocksOf, type Resource } from "../../topology/document";
import { booleanOf, isComputed, isKnown } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { BUCKET } from "./storage-limits";

const DOCS = "provider documentation of google_storage_bucket 7.45.0";

/** Whether a bucket keeps old versions; undefined where that is not known. */
export function isVersioned(bucket: Resource): boolean | undefined {
  if (isComputed(bucket.values, "versioning")) return undefined;
  const enabled = blockOf(bucket.values.versioning)?.enabled;
  return isKnown(enabled) ? (booleanOf(enabled) ?? false) : undefined;
}

/** Lifecycle rules of buckets, and the versions they delete. */
export const storageLifecycleRules: readonly Rule[] = [
  blockRule(
    {
      id: "storage-lifecycle-condition",
      title: "a lifecycle rule has a condition",
      why: "The API rejects a rule without one.",
      fix: "set age, num_newer_versions, matches_prefix or another condition",
      source: DOCS,
    },
    BUCKET,
    ["lifecycle_rule"],
    (rule, blame) => {
      if (isComputed(rule, "condition")) return;
      const condition = blockOf(rule.condition);
      if (!condition || Object.values(condition).every((value) => !isSet(value))) blame("condition", rule.condition);
    },
  ),
  blockRule(
    {
      id: "storage-lifecycle-uploads",
      title: "unfinished uploads are matched by age, prefix and suffix only",
      why: "The API rejects other conditions for AbortIncompleteMultipartUpload.",
      fix: "keep age, matches_prefix and matches_suffix",
      source: "docs.cloud.google.com/storage/docs/lifecycle, from general knowledge, 2026-11",
    },
    BUCKET,
    ["lifecycle_rule"],
    (rule, blame) => {
      if (blockOf(rule.action)?.type !== "AbortIncompleteMultipartUpload") return;
      for (const [name, value] of Object.entries(blockOf(rule.condition) ?? {})) {
        const allowed = ["age", "matches_prefix", "matches_suffix", "send_age_if_zero"].includes(name);
        if (!allowed && isSet(value) && booleanOf(value) !== false) blame(`condition.${name}`, value);
      }
    },
  ),
  resourceRule(
    {
      id: "storage-lifecycle-versions",
      title: "rules for old versions are on buckets that keep versions",
      severity: "warning",
      why: "Without versioning there are no old versions, and the rule does nothing. Not an error, because the bucket may have been versioned before.",
      fix: "set versioning.enabled = true, or take the rule away",
      source: DOCS,
    },
    BUCKET,
    (bucket, blame) => {
      if (isVersioned(bucket) !== false) return;
      blocksOf(bucket.values.lifecycle_rule).forEach((rule, index) => {
        const condition = blockOf(rule.condition) ?? {};
        const names = ["num_newer_versions", "days_since_noncurrent_time", "noncurrent_time_before"];
        const name = condition.with_state === "ARCHIVED" ? "with_state" : names.find((each) => isSet(condition[each]));
        if (name) blame(`lifecycle_rule.${index}.condition.${name}`, condition[name]);
      });
    },
  ),
  resourceRule(
    {
      id: "storage-versions-kept",
      title: "a bucket that keeps versions deletes old ones some day",
      severity: "warning",
      why: "Every overwritten model stays and is paid for, for good. Not an error, because it may be meant.",
      fix: "add a lifecycle_rule that deletes by num_newer_versions or days_since_noncurrent_time",
      source: "docs.cloud.google.com/storage/docs/object-versioning, from general knowledge, 2026-11",
    },
    BUCKET,
    (bucket, blame) => {
      if (isVersioned(bucket) !== true || isComputed(bucket.values, "lifecycle_rule")) return;
      const deletes = blocksOf(bucket.values.lifecycle_rule).some((rule) => blockOf(rule.action)?.type === "Delete");
      if (!deletes) blame("lifecycle_rule", bucket.values.lifecycle_rule);
    },
  ),
];
