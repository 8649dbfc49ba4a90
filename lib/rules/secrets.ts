import { regionName } from "../google/formats";
import { RUN_SECRETS } from "../google/secrets";
import { api, measured } from "../google/source";
import { soleReference } from "../language/reference";
import { locationOf } from "../topology/location";
import { nested } from "../topology/place";
import { readersOf, secretPlaces, secretsRead, secretUses } from "../topology/secret-access";
import { booleanOf, isSet, isUnset, numberOf, textOf } from "../topology/value";
import { blocks, type Rule, rule, within } from "./rule";

const SECRET = "google_secret_manager_secret";
const VERSION = `${SECRET}_version`;
const secrets = api("Secret Manager API v1");
const MEASURED = measured("Terraform 1.11.4 and hashicorp/google 6.50.0", "2026-10");
const REPLICAS = "replication.user_managed.replicas";

/** Secret Manager secrets, and who reads them. */
export const secretRules: readonly Rule[] = [
  rule("secret-key-location", blocks(SECRET, "replication.auto", REPLICAS), {
    title: "the key of a secret must be where its replicas are, global for automatic replication",
    why: "Google Cloud rejects a key of another location at apply.",
    fix: "make a key in the region of each replica, or in global for replication.auto",
    source: secrets("CustomerManagedEncryption.kmsKeyName"),
    judge(place, blame, topology) {
      const region = textOf(place.block.location);
      const expected = place.at.includes("replicas") ? (regionName.holds(region) ? region : undefined) : "global";
      for (const { at, block } of nested({ ...place, at: "" }, "customer_managed_encryption")) {
        const location = locationOf(topology.document, block.kms_key_name);
        if (expected !== undefined && location !== undefined && location !== expected)
          blame(within(at, "kms_key_name"), block.kms_key_name, `in ${location} instead of ${expected}`);
      }
    },
  }),
  rule("secret-keys-of-all-replicas", blocks(SECRET, "replication.user_managed"), {
    title: "either all replicas of a secret should have a key, or none",
    advice: true,
    why: "The payload is as well protected as its least protected replica.",
    fix: "give each replica a key of its region",
    source: secrets("Replica.customerManagedEncryption"),
    judge(place, blame) {
      const replicas = nested({ ...place, at: "" }, "replicas");
      const without = replicas.find(({ block }) => isUnset(block, "customer_managed_encryption"));
      if (without && replicas.some(({ block }) => isSet(block.customer_managed_encryption)))
        blame(within(without.at, "customer_managed_encryption"), undefined);
    },
  }),
  rule("secret-accessor", secretUses, {
    title: "the service account of a workload must be allowed to read the secrets it uses",
    why: "Both are created here, so nobody can have granted it before, and Cloud Run checks it: the deploy fails with “Permission denied on secret”.",
    fix: "add google_secret_manager_secret_iam_member with roles/secretmanager.secretAccessor for the service account",
    source: RUN_SECRETS,
    judge(use, blame, topology) {
      const readers = use.account && readersOf(topology, use, use.account);
      if (readers && readers.sure.length === 0 && !readers.maybe) blame("", use.value, use.account!.address);
    },
  }),
  rule("secret-accessor-first", (topology) => secretUses(topology).map((use) => ({ ...use, at: "" })), {
    title: "a workload must be deployed after the grant that lets it read its secrets",
    advice: true,
    why: "Terraform creates both at the same time, and Cloud Run checks the grant: the first apply fails if the grant is later.",
    fix: "add the grant to depends_on of the workload",
    source: MEASURED,
    judge(use, blame, topology) {
      const grants = use.account ? readersOf(topology, use, use.account).sure : [];
      if (grants.length > 0 && !grants.some(({ address }) => topology.dependsOn(use.resource, address)))
        blame("depends_on", undefined, grants[0]!.address);
    },
  }),
  rule("secret-version-first", (topology) => secretUses(topology).map((use) => ({ ...use, at: "" })), {
    title: "a workload must be deployed after the version of the secret that it reads",
    advice: true,
    why: "Terraform creates both at the same time: the first apply fails if the version is later.",
    fix: "add the version to depends_on of the workload, or take secret_key_ref.version from it",
    source: MEASURED,
    judge({ resource, versions }, blame, topology) {
      if (versions.length > 0 && !versions.some(({ address }) => topology.dependsOn(resource, address)))
        blame("depends_on", undefined, versions[0]!.address);
    },
  }),
  rule(
    "secret-without-version",
    (topology) =>
      secretsRead(topology).flatMap(({ secret, versions }) => (versions.length === 0 ? [{ resource: secret }] : [])),
    {
      title: "a secret that a workload reads must have a version",
      advice: true,
      why: "The deploy fails while the secret has no version; one may be added outside of Terraform between two applies.",
      fix: "add google_secret_manager_secret_version with a first value, even a placeholder",
      source: RUN_SECRETS,
      judge: ({ resource }, blame) => blame("secret_id", resource.values.secret_id),
    },
  ),
  rule(
    "secret-version-disabled",
    (topology) =>
      secretUses(topology).flatMap(({ version, versions }) =>
        versions.filter(({ address }) => soleReference(version)?.address === address).map((resource) => ({ resource })),
      ),
    {
      title: "a workload must read an enabled version of a secret",
      why: "The deploy fails, and running instances cannot start again.",
      fix: "set enabled = true, or read another version",
      source: RUN_SECRETS,
      judge({ resource }, blame) {
        if (booleanOf(resource.values.enabled) === false) blame("enabled", false);
      },
    },
  ),
  rule("secret-name-reference", secretPlaces, {
    title: "a workload must name a secret, not a version of it",
    why: "Google Cloud rejects the name of a version in the place of the secret.",
    fix: "use google_secret_manager_secret.NAME.secret_id, and the version's number in version",
    source: api("Cloud Run Admin API v2")("SecretKeySelector.secret"),
    judge({ value }, blame, { document }) {
      const { attribute = "" } = soleReference(value) ?? {};
      const isVersion = document.target(value)?.type === VERSION && /^(id|name|version)$/.test(attribute);
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
    why: "A variable is read when an instance starts: with latest, old and new instances of one revision have different values after a rotation.",
    fix: "name the number of a version, or mount the secret as a file, which is read anew each time",
    source: RUN_SECRETS,
    judge({ asVariable, version, secret }, blame) {
      const isPinned = numberOf(version) !== undefined || (version !== undefined && textOf(version) !== "latest");
      if (asVariable && !isPinned && isSet(secret.values.rotation)) blame("version", version);
    },
  }),
];
