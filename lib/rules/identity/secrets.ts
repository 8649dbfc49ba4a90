import { soleReference } from "../../language/reference";
import { type Block, blockOf } from "../../topology/document";
import { isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import { keyLocation } from "../cloud-run/cloud-run-network";
import { nested } from "../cloud-run/cloud-run-workload";
import type { OldRule as Rule } from "../old-rule";
import { secretAccessRules } from "./secret-access";
import { secretLimitRules } from "./secret-limits";

const SECRET = "google_secret_manager_secret";
const VERSION = "google_secret_manager_secret_version";
const API = "Secret Manager API v1";
const READ = "read 2026-11-22";
function aliases(block: Block): [string, unknown][] {
  const map = block.version_aliases;
  return typeof map === "object" && map !== null ? Object.entries(map) : [];
}

const secretRelations: readonly Rule[] = [
  {
    id: "secret-replication",
    title: "a secret is replicated either automatically or to named regions",
    severity: "error",
    why: "The provider and Google Cloud reject a secret with neither or both.",
    fix: "set replication.auto = {}, or replication.user_managed.replicas",
    source: `${API}, Secret.replication, ${READ}`,
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        if (isComputed(secret.values, "replication")) continue;
        const replication = blockOf(secret.values.replication);
        if (replication && ["auto", "user_managed"].some((kind) => isComputed(replication, kind))) continue;
        const given = ["auto", "user_managed"].filter((kind) => replication?.[kind] !== undefined);
        if (given.length !== 1) report(secret, "replication", given);
      }
    },
  },
  {
    id: "secret-replicas-differ",
    title: "the replicas of a secret are in different regions",
    severity: "error",
    why: "Google Cloud rejects a region twice at apply.",
    fix: "take one of them away",
    source: `${API}, UserManaged.replicas, ${READ}`,
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        const seen = new Set<string>();
        for (const { block, at } of replicas({ resource: secret, at: "", block: secret.values })) {
          const location = textOf(block.location);
          if (location === undefined) continue;
          if (seen.has(location)) report(secret, `${at}.location`, location);
          seen.add(location);
        }
      }
    },
  },
  {
    id: "secret-key-location",
    title: "the key of a secret is where its replicas are: global for automatic replication",
    severity: "error",
    why: "Google Cloud rejects a key of another location at apply.",
    fix: "make a key in the region of each replica, or in global for replication.auto",
    source: `${API}, CustomerManagedEncryption.kmsKeyName, ${READ}`,
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        const root = { resource: secret, at: "", block: secret.values };
        const auto = nested(root, "replication").flatMap((place) => nested(place, "auto"));
        for (const place of [...auto, ...replicas(root)]) {
          const expected = auto.includes(place) ? "global" : textOf(place.block.location);
          for (const { block, at } of nested(place, "customer_managed_encryption")) {
            const location = keyLocation(topology, block.kms_key_name);
            if (expected !== undefined && location !== undefined && location !== expected)
              report(secret, `${at}.kms_key_name`, block.kms_key_name, `in ${location} instead of ${expected}`);
          }
        }
      }
    },
  },
  {
    id: "secret-keys-of-all-replicas",
    title: "either all replicas of a secret have a key, or none",
    severity: "warning",
    why: "The payload is as well protected as its least protected replica. Not an error, because the API text does not forbid it.",
    fix: "give each replica a key of its region",
    source: `${API}, Replica.customerManagedEncryption, ${READ}`,
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        const all = replicas({ resource: secret, at: "", block: secret.values });
        const without = all.filter(({ block }) => block.customer_managed_encryption === undefined);
        if (without.length > 0 && without.length < all.length)
          report(secret, `${without[0]!.at}.customer_managed_encryption`, undefined);
      }
    },
  },
  {
    id: "secret-alias",
    title: "a version alias starts with a letter, is not latest or NEW, and names a version number",
    severity: "error",
    why: "Google Cloud rejects it at apply.",
    fix: 'write it like "stable" = "3"',
    source: `${API}, Secret.versionAliases, ${READ}`,
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        for (const [alias, version] of aliases(secret.values)) {
          const badAlias = isKnown(alias) && (!/^[A-Za-z][\w-]{0,62}$/.test(alias) || /^(latest|NEW)$/.test(alias));
          const number = numberOf(version);
          const badVersion = isKnown(version) && (number === undefined || !Number.isInteger(number) || number < 1);
          if (badAlias || badVersion) report(secret, `version_aliases.${alias}`, version);
        }
      }
    },
  },
  {
    id: "secret-one-expiry",
    title: "a secret has ttl or expire_time, not both",
    severity: "error",
    why: "The API takes one of them.",
    fix: "keep expire_time",
    source: "provider documentation of google_secret_manager_secret 7.45.0, ttl",
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        if (secret.values.ttl !== undefined && secret.values.expire_time !== undefined)
          report(secret, "ttl", secret.values.ttl);
      }
    },
  },
  {
    id: "secret-rotation",
    title: "a secret that rotates has topics, and a period has a first time",
    severity: "error",
    why: "Secret Manager only sends a message at the time of rotation; the API rejects a rotation that nobody hears of, and a period without next_rotation_time.",
    fix: "set topics and rotation.next_rotation_time",
    source: `${API}, Rotation.nextRotationTime, ${READ}`,
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        const rotation = blockOf(secret.values.rotation);
        if (!rotation) continue;
        if (secret.values.topics === undefined && !isComputed(secret.values, "topics"))
          report(secret, "topics", undefined);
        if (rotation.rotation_period !== undefined && rotation.next_rotation_time === undefined)
          report(secret, "rotation.next_rotation_time", undefined);
      }
    },
  },
  {
    id: "secret-topic-reference",
    title: "a topic of a secret is referred to by its id",
    severity: "error",
    why: "google_pubsub_topic.NAME.name is the short name; Secret Manager wants projects/PROJECT/topics/TOPIC.",
    fix: "use google_pubsub_topic.NAME.id",
    source: `${API}, Topic.name, ${READ}`,
    check(topology, report) {
      for (const secret of topology.document.ofType(SECRET)) {
        for (const { block, at } of nested({ resource: secret, at: "", block: secret.values }, "topics")) {
          const reference = soleReference(block.name);
          if (reference?.address.startsWith("google_pubsub_topic.") && reference.attribute === "name")
            report(secret, `${at}.name`, block.name);
        }
      }
    },
  },
  {
    id: "secret-version-reference",
    title: "a version refers to its secret by id or name",
    severity: "error",
    why: "secret_id is the short name; the provider builds the address of the request from it and fails.",
    fix: "use google_secret_manager_secret.NAME.id",
    source: "provider documentation of google_secret_manager_secret_version 7.45.0",
    check(topology, report) {
      for (const version of topology.document.ofType(VERSION)) {
        const reference = soleReference(version.values.secret);
        if (reference?.address.startsWith(`${SECRET}.`) && reference.attribute === "secret_id")
          report(version, "secret", version.values.secret);
      }
    },
  },
  {
    id: "secret-version-data",
    title: "a version has secret_data or secret_data_wo",
    severity: "error",
    why: "The provider rejects a version with neither or both.",
    fix: "set secret_data_wo, which stays out of the state",
    source: "schema of google 7.45.0: terraform validate says so too, but later",
    check(topology, report) {
      for (const version of topology.document.ofType(VERSION)) {
        const given = ["secret_data", "secret_data_wo"].filter((name) => version.values[name] !== undefined);
        if (given.length !== 1) report(version, "secret_data", given);
      }
    },
  },
  {
    id: "secret-version-trigger-missing",
    title: "write-only data has a version to count up",
    severity: "warning",
    why: "Terraform does not keep write-only data, so it notices a change by secret_data_wo_version only. Not an error, because the data may never change.",
    fix: "set secret_data_wo_version = 1 and count it up with each change",
    source: "provider documentation of google_secret_manager_secret_version 7.45.0",
    check(topology, report) {
      for (const version of topology.document.ofType(VERSION)) {
        if (version.values.secret_data_wo !== undefined && version.values.secret_data_wo_version === undefined)
          report(version, "secret_data_wo_version", undefined);
      }
    },
  },
];

function replicas(root: Parameters<typeof nested>[0]): ReturnType<typeof nested> {
  return nested(root, "replication")
    .flatMap((place) => nested(place, "user_managed"))
    .flatMap((place) => nested(place, "replicas"));
}

/** Secret Manager secrets, their versions, and who reads them. */
export const secretRules: readonly Rule[] = [...secretLimitRules, ...secretRelations, ...secretAccessRules];
