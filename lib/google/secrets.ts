import { isExpression } from "../language/reference";
import { blocksIn, bytes, cryptoKey, regionName, topicId } from "./formats";
import { at, entries, fulfilling, items, matching, oneOf, seconds, set } from "./limit";
import { atMostOne, exactlyOne, resourceType, unique, when } from "./resource-type";
import { api, page, provider } from "./source";

const secrets = api("Secret Manager API v1");
const VERSION = provider("google_secret_manager_secret_version 7.45.0");
const validation = provider("google_secret_manager_secret 7.45.0", "validate");
const REPLICATE = "set replication.auto = {}, or replication.user_managed.replicas";
const CENTURY = 3153600000;

export const secretName = matching(/^[A-Za-z0-9_-]{1,255}$/, "1 to 255 letters, digits, hyphens and underscores").fix("respell the ID", secrets("projects.secrets.create secretId"));

/** A secret of this project, or of another. */
export const secretReference = matching(/^(projects\/[^/]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/, "the name of a secret, or projects/PROJECT/secrets/SECRET");

/** What reads a secret may name. */
export const secretVersionNumber = matching(/^(latest|[1-9][0-9]*)$/, '"latest" or a version number');

const timestamp = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/, "a UTC timestamp like 2027-01-31T12:00:00Z").fix("write it in UTC with a Z at the end");

function areAliases(map: unknown): boolean {
  return Object.entries(Object(map)).every((entry) => entry.some(isExpression) || (/^(?!(latest|NEW)$)[A-Za-z][\w-]{0,62}$/.test(entry[0]) && /^[1-9]\d*$/.test(String(entry[1]))));
}

const haveKeysAlike = (replicas: unknown) => new Set(blocksIn(replicas).map(({ customer_managed_encryption: key, dynamic }) => (key ?? dynamic) === undefined)).size < 2;
const ALIAS_CASES = { shape: true, allowed: [{ stable: "3" }], refused: [{ latest: "1" }, { "1st": "1" }, { stable: "v1" }] };
const REPLICA_KEY = secrets("Replica.customerManagedEncryption");

const rotation = [
  when({ rotation: set() }, { topics: set() }, { id: "rotation-topics" }).fix("set topics", secrets("Secret.rotation")),
  when({ rotation_period: set() }, { next_rotation_time: set() }, { in: "rotation", id: "rotation-start" }).fix("set rotation.next_rotation_time", secrets("Rotation.nextRotationTime")),
];

const secretManagerSecret = resourceType("google_secret_manager_secret", {
  group: "secret",
  holds: "versions",
  name: { attribute: "secret_id", format: secretName.required(), uniqueIn: [] },
  labels: "labels",
  // Not the key of a replica, which can be changed.
  replacedBy: ["secret_id", "replication.auto", "replication.user_managed"],
  keptWhenUnset: ["expire_time"],
  limits: {
    replication: set().fix(REPLICATE, validation),
    "replication.user_managed.replicas": [
      items(1).required().fix("name at least one region", secrets("UserManaged.replicas")),
      fulfilling("a list of which all have a key, or none", haveKeysAlike, { shape: true })
        .named("keys")
        .fix("give each a key of its region", REPLICA_KEY)
        .advice("The least protected replica gives the payload away."),
    ],
    "replication.user_managed.replicas.location": regionName.named("region").required().fix("name a region; for all of them use auto", secrets("Replica.location")),
    ...at(["replication.auto", "replication.user_managed.replicas"], { "customer_managed_encryption.kms_key_name": cryptoKey.from(secrets("CustomerManagedEncryption.kmsKeyName")) }),
    ttl: seconds(1, CENTURY).fix("write the lifetime in seconds", secrets("Secret.ttl")),
    expire_time: timestamp.from(secrets("Secret.expireTime")),
    "rotation.rotation_period": seconds(3600, CENTURY).fix("rotate at most once an hour", secrets("Rotation.rotationPeriod")),
    "rotation.next_rotation_time": timestamp.from(secrets("Rotation.nextRotationTime")),
    topics: items(0, 10).fix("keep ten; a topic can have many subscriptions", secrets("Secret.topics")),
    "topics.name": topicId.from(secrets("Topic.name")),
    version_aliases: [
      entries(50).named("count").fix("keep 50 aliases", secrets("Secret.versionAliases")),
      fulfilling("names that start with a letter, other than latest and NEW, each for a version number", areAliases, ALIAS_CASES).fix('write it like "stable" = "3"', secrets("Secret.versionAliases")),
    ],
    version_destroy_ttl: seconds(0).fix("write the delay in seconds, like 86400s", secrets("Secret.versionDestroyTtl")),
  },
  alternatives: [
    exactlyOne("auto user_managed", { in: "replication", id: "replication-kind" }).fix(REPLICATE, validation),
    atMostOne("ttl expire_time", { id: "one-expiry" }).fix("keep expire_time", provider("google_secret_manager_secret 7.45.0")),
  ],
  unique: [unique("replicas.location", { in: "replication.user_managed", id: "replicas-differ" }).fix("remove one of them", secrets("UserManaged.replicas"))],
  together: [...rotation, when({ next_rotation_time: set() }, { rotation_period: set() }, { in: "rotation", id: "rotation-period" }).fix("set rotation.rotation_period", validation)],
});

const isTrigger = (value: unknown) => (typeof value === "string" ? value !== "" : Number.isInteger(value) && Number(value) >= 0);

const secretManagerSecretVersion = resourceType("google_secret_manager_secret_version", {
  group: "secret-version",
  replacedBy: ["secret", "secret_data", "secret_data_wo_version", "is_secret_data_base64"],
  limits: {
    secret: matching(/^(projects\/[^/]+\/secrets\/)?[^/]+$/, "projects/PROJECT/secrets/SECRET, or a secret's name")
      .required()
      .fix("use google_secret_manager_secret.NAME.id", VERSION),
    secret_data: bytes(65536).fix("keep the data in a bucket and its key in the secret", secrets("SecretPayload.data")),
    secret_data_wo_version: fulfilling("a whole number, or from provider 8 on a text", isTrigger).fix("change it whenever the data change", VERSION),
    deletion_policy: oneOf("DELETE", "DISABLE", "ABANDON", "PREVENT").fix("use DELETE, DISABLE, ABANDON or PREVENT", VERSION),
  },
  alternatives: [exactlyOne("secret_data secret_data_wo", { id: "data" }).fix("set secret_data_wo, which stays out of the state", provider("google_secret_manager_secret_version 7.45.0", "validate"))],
  together: [
    when({ secret_data_wo: set() }, { secret_data_wo_version: set() }, { id: "trigger" })
      .fix("set secret_data_wo_version = 1 and increase it with each change", VERSION)
      .advice("Terraform notices a change of write-only data by secret_data_wo_version only."),
  ],
});

/** What Cloud Run says of the secrets that it reads. */
export const RUN_SECRETS = page("run/docs/configuring/secrets");

const regionalSecret = resourceType("google_secret_manager_regional_secret", {
  group: "secret",
  holds: "versions",
  name: { attribute: "secret_id", format: secretName.required(), uniqueIn: ["location"] },
  labels: "labels",
  replacedBy: ["secret_id", "location"],
  together: rotation,
});

export const secretsTypes = [secretManagerSecret, regionalSecret, secretManagerSecretVersion];
