import { regionName } from "../google/formats";
import { repositoryLocation } from "../google/registry";
import { RUN_SECRETS } from "../google/secrets";
import { api, measured } from "../google/source";
import { isStorageLocation, keyLocationOf } from "../google/storage";
import { soleReference } from "../language/reference";
import { locationOf } from "../topology/location";
import { nested } from "../topology/place";
import { readersOf, secretPlaces, secretsRead, secretUses } from "../topology/secret-access";
import type { Topology } from "../topology/topology";
import { booleanOf, isSet, numberOf, textOf } from "../topology/value";
import { blocks, type Rule, rule, within } from "./rule";

const SECRET = "google_secret_manager_secret";
const secrets = api("Secret Manager API v1");

/**
 * Keys, and the locations where they must be for what they encrypt, if that is known: `global` for
 * a secret that is everywhere.
 */
function* encrypted(topology: Topology) {
  for (const { resource, block } of topology.places("google_artifact_registry_repository")) {
    const needed = repositoryLocation.holds(block.location) ? block.location : undefined;
    yield { resource, at: "kms_key_name", key: block.kms_key_name, needed };
  }
  for (const { resource, at, block } of topology.places("google_storage_bucket", "encryption")) {
    const location = textOf(resource.values.location) ?? "";
    const needed = isStorageLocation(location) ? keyLocationOf(location) : undefined;
    yield { resource, at: `${at}.default_kms_key_name`, key: block.default_kms_key_name, needed };
  }
  for (const { resource, at, block } of topology.places(
    "google_bigquery_dataset",
    "default_encryption_configuration",
  )) {
    const location = (textOf(resource.values.location) ?? "").toLowerCase();
    const needed =
      location === "eu" ? "europe" : location === "us" || regionName.holds(location) ? location : undefined;
    yield { resource, at: `${at}.kms_key_name`, key: block.kms_key_name, needed };
  }
  for (const place of blocks(SECRET, "replication.auto", "replication.user_managed.replicas")(topology)) {
    const { location = "global" } = place.block;
    const needed = location === "global" || regionName.holds(location) ? location : undefined;
    for (const { resource, at, block } of nested(place, "customer_managed_encryption"))
      yield { resource, at: within(at, "kms_key_name"), key: block.kms_key_name, needed };
  }
}

/** Versions that a workload refers to. */
const versionsRead = (topology: Topology) =>
  secretUses(topology).flatMap(({ version, versions }) =>
    versions.filter(({ address }) => soleReference(version)?.address === address).map((resource) => ({ resource })),
  );

/** Secret Manager secrets and who reads them, and where keys are. */
export const secretRules: readonly Rule[] = [
  rule("kms-location", encrypted, {
    title: "a key must be at the location of what it encrypts, global for a secret with automatic replication",
    fix: "make a key ring at that location, in europe for a bucket in EU",
    source: secrets("CustomerManagedEncryption.kmsKeyName"),
    judge({ key, needed }, blame, { document }) {
      const location = locationOf(document, key)?.toLowerCase();
      if (needed !== undefined && location !== undefined && location !== needed)
        blame("", key, `${location} instead of ${needed}`);
    },
  }),
  rule("secret-accessor", secretUses, {
    title: "the service account of a workload must be allowed to read the secrets it uses",
    why: "Both are created here, so nobody can have granted it before: the deploy fails with “Permission denied on secret”.",
    fix: "grant roles/secretmanager.secretAccessor to it with google_secret_manager_secret_iam_member",
    source: RUN_SECRETS,
    judge(use, blame, topology) {
      const readers = use.account && readersOf(topology, use, use.account);
      if (readers && readers.sure.length === 0 && !readers.maybe) blame("", use.value, use.account!.address);
    },
  }),
  rule("secret-first", (topology) => secretUses(topology).map((use) => ({ ...use, at: "" })), {
    title: "a workload must be deployed after the version of its secret, and after the grant to read it",
    advice: true,
    why: "Terraform creates them at the same time: the first apply fails if the version or the grant is later.",
    fix: "add both to depends_on of the workload",
    source: measured("Terraform 1.11.4 and hashicorp/google 6.50.0", "2026-10"),
    judge(use, blame, topology) {
      const grants = use.account ? readersOf(topology, use, use.account).sure : [];
      for (const needed of [grants, use.versions])
        if (needed.length > 0 && !needed.some(({ address }) => topology.dependsOn(use.resource, address)))
          blame("depends_on", undefined, needed[0]!.address);
    },
  }),
  rule(
    "secret-without-version",
    (topology) => secretsRead(topology).map((use) => ({ ...use, resource: use.secret, at: "" })),
    {
      title: "a secret that a workload reads must have a version",
      advice: true,
      why: "The deploy fails while it has none; one may be added outside of Terraform between two applies.",
      fix: "add google_secret_manager_secret_version with a first value, even a placeholder",
      source: RUN_SECRETS,
      judge({ secret, versions }, blame) {
        if (versions.length === 0) blame("secret_id", secret.values.secret_id);
      },
    },
  ),
  rule("secret-version-disabled", versionsRead, {
    title: "a workload must read an enabled version of a secret",
    why: "The deploy fails, and running instances cannot start again.",
    fix: "set enabled = true, or read another version",
    source: RUN_SECRETS,
    judge({ resource }, blame) {
      if (booleanOf(resource.values.enabled) === false) blame("enabled", false);
    },
  }),
  rule("secret-name-reference", secretPlaces, {
    title: "a workload must name a secret, not a version of it",
    fix: "use google_secret_manager_secret.NAME.secret_id, and the version's number in version",
    source: api("Cloud Run Admin API v2")("SecretKeySelector.secret"),
    judge({ value }, blame, { document }) {
      const isVersion =
        document.target(value)?.type === `${SECRET}_version` &&
        /^(id|name|version)$/.test(soleReference(value)!.attribute);
      if (isVersion || textOf(value)?.includes("/versions/")) blame("secret", value);
    },
  }),
  rule("secret-expires", (topology) => secretsRead(topology).map(({ secret }) => ({ resource: secret })), {
    title: "a secret that a workload reads should not expire",
    advice: true,
    why: "At that time Secret Manager deletes the secret with all versions, and no new instance starts.",
    fix: "remove ttl and expire_time; rotate versions instead",
    source: secrets("Secret.expireTime"),
    judge({ resource: { values } }, blame) {
      const expiry = ["ttl", "expire_time"].find((name) => isSet(values[name]));
      if (expiry !== undefined) blame(expiry, values[expiry]);
    },
  }),
  rule("secret-variable-rotates", secretUses, {
    title: "a variable from a secret that rotates should name a version",
    advice: true,
    why: "A variable is read when an instance starts: with latest, instances differ after a rotation.",
    fix: "name the number of a version, or mount the secret as a file, which is read anew each time",
    source: RUN_SECRETS,
    judge({ asVariable, version, secret }, blame) {
      const isPinned = numberOf(version) !== undefined || (version !== undefined && textOf(version) !== "latest");
      if (asVariable && !isPinned && isSet(secret.values.rotation)) blame("version", version);
    },
  }),
];
