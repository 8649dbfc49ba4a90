import { entries, integer, items, limit, matching, oneOf, seconds } from "../limit";
import type { OldRule as Rule } from "../old-rule";

const SECRET = "google_secret_manager_secret";
const VERSION = "google_secret_manager_secret_version";
const API = "Secret Manager API v1";
const READ = "read 2026-11-22";
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const CENTURY = 3153600000;
const KEY = matching(
  /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
  "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
);

/** What single attributes of secrets and their versions may be. */
export const secretLimitRules: readonly Rule[] = [
  limit(
    "secret-id",
    SECRET,
    "secret_id",
    { ...matching(/^[A-Za-z0-9_-]{1,255}$/, "1 to 255 letters, digits, hyphens and underscores"), required: true },
    "respell the ID",
    `${API}, projects.secrets.create secretId, ${READ}`,
  ),
  limit(
    "secret-replica-location",
    SECRET,
    "replication.user_managed.replicas.location",
    { ...matching(/^[a-z]+(-[a-z]+)+\d+$/, "the name of a region"), required: true },
    "name a region; for all of them use auto",
    `${API}, Replica.location, ${READ}`,
  ),
  limit(
    "secret-replicas",
    SECRET,
    "replication.user_managed.replicas",
    { ...items(1), required: true },
    "name at least one region",
    `${API}, UserManaged.replicas, ${READ}`,
  ),
  limit(
    "secret-auto-key",
    SECRET,
    "replication.auto.customer_managed_encryption.kms_key_name",
    KEY,
    "use google_kms_crypto_key.NAME.id",
    `${API}, CustomerManagedEncryption.kmsKeyName, ${READ}`,
  ),
  limit(
    "secret-replica-key",
    SECRET,
    "replication.user_managed.replicas.customer_managed_encryption.kms_key_name",
    KEY,
    "use google_kms_crypto_key.NAME.id",
    `${API}, CustomerManagedEncryption.kmsKeyName, ${READ}`,
  ),
  limit(
    "secret-ttl",
    SECRET,
    "ttl",
    seconds(1, CENTURY),
    "write the lifetime in seconds",
    `${API}, Secret.ttl, ${READ}`,
  ),
  limit(
    "secret-expire-time",
    SECRET,
    "expire_time",
    matching(TIMESTAMP, "a UTC timestamp like 2027-01-31T12:00:00Z"),
    "write it in UTC with a Z at the end",
    `${API}, Secret.expireTime, ${READ}`,
  ),
  limit(
    "secret-rotation-period",
    SECRET,
    "rotation.rotation_period",
    seconds(3600, CENTURY),
    "rotate at most once an hour",
    `${API}, Rotation.rotationPeriod, ${READ}`,
  ),
  limit(
    "secret-rotation-time",
    SECRET,
    "rotation.next_rotation_time",
    matching(TIMESTAMP, "a UTC timestamp like 2027-01-31T12:00:00Z"),
    "write it in UTC with a Z at the end",
    `${API}, Rotation.nextRotationTime, ${READ}`,
  ),
  limit(
    "secret-topics",
    SECRET,
    "topics",
    items(0, 10),
    "keep ten; a topic can have many subscriptions",
    `${API}, Secret.topics, ${READ}`,
  ),
  limit(
    "secret-topic-name",
    SECRET,
    "topics.name",
    matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC"),
    "use google_pubsub_topic.NAME.id",
    `${API}, Topic.name, ${READ}`,
  ),
  limit(
    "secret-aliases",
    SECRET,
    "version_aliases",
    entries(50),
    "keep 50 aliases",
    `${API}, Secret.versionAliases, ${READ}`,
  ),
  limit(
    "secret-destroy-ttl",
    SECRET,
    "version_destroy_ttl",
    matching(/^\d+(\.\d{1,9})?s$/, "a duration in seconds, like 86400s"),
    "write the delay in seconds",
    `${API}, Secret.versionDestroyTtl, ${READ}`,
  ),
  limit(
    "secret-version-data-size",
    VERSION,
    "secret_data",
    { text: "at most 64 KiB", holds: (value) => Buffer.byteLength(String(value)) <= 65536 },
    "keep the data in a bucket and its key in the secret",
    `${API}, SecretPayload.data, ${READ}`,
  ),
  limit(
    "secret-version-deletion",
    VERSION,
    "deletion_policy",
    oneOf("DELETE", "DISABLE", "ABANDON", "PREVENT"),
    "use DELETE, DISABLE, ABANDON or PREVENT",
    "provider documentation of google_secret_manager_secret_version 7.45.0",
  ),
  limit(
    "secret-version-secret",
    VERSION,
    "secret",
    { ...matching(/^projects\/[^/]+\/secrets\/[^/]+$/, "projects/PROJECT/secrets/SECRET"), required: true },
    "use google_secret_manager_secret.NAME.id",
    "provider documentation of google_secret_manager_secret_version 7.45.0",
  ),
  limit(
    "secret-version-trigger",
    VERSION,
    "secret_data_wo_version",
    integer(0),
    "count it up whenever the data changes",
    "provider documentation of google_secret_manager_secret_version 7.45.0",
  ),
];
