import { blockOf } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, textOf } from "../../topology/value";
import { nested } from "../cloud-run/cloud-run-workload";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";

const REPOSITORY = "google_artifact_registry_repository";
const API = "Artifact Registry API v1";
const READ = "read 2026-11-22";
const CLEANUP = `docs.cloud.google.com/artifact-registry/docs/repositories/cleanup-policy-overview, ${READ}`;

/** All repositories of a document. */
export function repositories(topology: Topology): Place[] {
  return topology.document.ofType(REPOSITORY).map((resource) => ({ resource, at: "", block: resource.values }));
}

function policies(repository: Place): readonly Place[] {
  return nested(repository, "cleanup_policies");
}

/** What deletes old versions from a repository. */
export const registryCleanupRules: readonly Rule[] = [
  {
    id: "registry-cleanup-count",
    title: "a repository has at most ten cleanup policies, of different IDs",
    severity: "error",
    why: "Google Cloud rejects an eleventh; of two with one ID only one is kept.",
    fix: "merge policies by their prefixes",
    source: CLEANUP,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        const all = policies(repository);
        if (all.length > 10) report(repository.resource, "cleanup_policies", all.length);
        const seen = new Set<string>();
        for (const { block, at, resource } of all) {
          const id = textOf(block.id);
          if (id === undefined) continue;
          if (seen.has(id)) report(resource, `${at}.id`, id);
          seen.add(id);
        }
      }
    },
  },
  {
    id: "registry-cleanup-what",
    title: "a cleanup policy has a condition or most_recent_versions, not both, and the latter only keeps",
    severity: "error",
    why: "Google Cloud rejects a policy with both, and most_recent_versions with DELETE.",
    fix: "keep one of them; write one policy for each",
    source: CLEANUP,
    check(topology, report) {
      for (const { block, at, resource } of repositories(topology).flatMap(policies)) {
        if (block.most_recent_versions === undefined) continue;
        if (block.condition !== undefined) report(resource, `${at}.condition`, undefined);
        if (textOf(block.action) === "DELETE") report(resource, `${at}.action`, block.action);
      }
    },
  },
  {
    id: "registry-cleanup-tags",
    title: "tag_prefixes go with tag_state TAGGED",
    severity: "error",
    why: "A version without a tag has no prefix: with UNTAGGED the policy matches nothing.",
    fix: 'set tag_state = "TAGGED"',
    source: `${API}, CleanupPolicyCondition.tagPrefixes, ${READ}`,
    check(topology, report) {
      for (const policy of repositories(topology).flatMap(policies)) {
        for (const { block, at, resource } of nested(policy, "condition")) {
          if (block.tag_prefixes !== undefined && textOf(block.tag_state) === "UNTAGGED")
            report(resource, `${at}.tag_state`, block.tag_state);
        }
      }
    },
  },
  {
    id: "registry-cleanup-all",
    title: "a policy that deletes says of which age, tag or name",
    severity: "warning",
    why: "It matches every version, the one that serves included, unless a policy with KEEP saves it.",
    fix: 'set older_than, or tag_state = "UNTAGGED", and keep the newest with most_recent_versions',
    source: CLEANUP,
    check(topology, report) {
      for (const policy of repositories(topology).flatMap(policies)) {
        if (textOf(policy.block.action) !== "DELETE") continue;
        for (const { block, at, resource } of nested(policy, "condition")) {
          const narrows = [
            "older_than",
            "newer_than",
            "tag_prefixes",
            "version_name_prefixes",
            "package_name_prefixes",
          ];
          const state = block.tag_state === undefined ? "ANY" : textOf(block.tag_state);
          if (state === "ANY" && narrows.every((name) => block[name] === undefined)) report(resource, at, undefined);
        }
      }
    },
  },
  {
    id: "registry-cleanup-keep-only",
    title: "policies that keep go with one that deletes",
    severity: "warning",
    why: "Nothing is deleted without a policy that deletes, so nothing needs to be kept.",
    fix: "add a policy with action DELETE",
    source: CLEANUP,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        if (isComputed(repository.block, "cleanup_policies")) continue;
        const all = policies(repository);
        if (all.length > 0 && all.every(({ block }) => textOf(block.action) === "KEEP"))
          report(repository.resource, "cleanup_policies", undefined);
      }
    },
  },
  {
    id: "registry-cleanup-dry-run",
    title: "cleanup policies are not a dry run for ever",
    severity: "warning",
    why: "With cleanup_policy_dry_run nothing is deleted. Not an error, because it is how one begins.",
    fix: "look at the audit log, then set cleanup_policy_dry_run = false",
    source: `${API}, Repository.cleanupPolicyDryRun, ${READ}`,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        if (booleanOf(repository.block.cleanup_policy_dry_run) === true && policies(repository).length > 0)
          report(repository.resource, "cleanup_policy_dry_run", true);
      }
    },
  },
  {
    id: "registry-cleanup-immutable",
    title: "immutable tags and the deletion of tagged versions are not combined",
    severity: "warning",
    why: "Immutable tags cannot be deleted, so their versions stay. Not an error, because untagged versions may be deleted by the same policy.",
    fix: 'delete with tag_state = "UNTAGGED", or take immutable_tags away',
    source: `${API}, DockerRepositoryConfig.immutableTags, ${READ}`,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        if (booleanOf(blockOf(repository.block.docker_config)?.immutable_tags) !== true) continue;
        for (const policy of policies(repository)) {
          if (textOf(policy.block.action) !== "DELETE") continue;
          const condition = blockOf(policy.block.condition);
          if (condition && textOf(condition.tag_state) === "TAGGED")
            report(policy.resource, `${policy.at}.condition.tag_state`, "TAGGED");
        }
      }
    },
  },
];
