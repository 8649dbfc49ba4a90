import { secretRules } from "../../../lib/rules/identity/secrets";
import { WEB, workloads } from "../cloud-run/cloud-run-document";
import { adding, describeRules, findingsOf, type Json, resourceAt, wrongValues } from "../rule-support";

const TOKEN = "google_secret_manager_secret.token";
const REGIONAL = "google_secret_manager_secret.regional";
const VERSION = "google_secret_manager_secret_version.token";
const GRANT = "google_secret_manager_secret_iam_member.chat";
const ENV = "template.containers.0.env.1.value_source.secret_key_ref";
const key = (location: string) => ({ kms_key_name: `projects/p/locations/${location}/keyRings/r/cryptoKeys/k` });
const replica = (location: string) => ({ location, customer_managed_encryption: key(location) });

function valid(): Json {
  const document = workloads();
  adding({
    [REGIONAL]: {
      secret_id: "regional",
      replication: { user_managed: { replicas: [replica("europe-west1"), replica("us-central1")] } },
      topics: [{ name: "projects/p/topics/rotation" }],
      rotation: { rotation_period: "2592000s", next_rotation_time: "2030-01-01T00:00:00Z" },
      version_aliases: { stable: "1" },
      version_destroy_ttl: "86400s",
    },
  })(document);
  return document;
}

describeRules(secretRules, valid, [
  ...wrongValues("secret-id", TOKEN, "secret_id", "my token", "projects/p/secrets/token", ""),
  ...wrongValues("secret-replica-location", REGIONAL, "replication.user_managed.replicas.0.location", "eu", "europe"),
  ...wrongValues("secret-replicas", REGIONAL, "replication.user_managed", {}, { replicas: [] }),
  ...wrongValues("secret-auto-key", TOKEN, "replication.auto", { customer_managed_encryption: { kms_key_name: "k" } }),
  ...wrongValues(
    "secret-replica-key",
    REGIONAL,
    "replication.user_managed.replicas.0.customer_managed_encryption.kms_key_name",
    "k",
  ),
  ...wrongValues("secret-ttl", TOKEN, "ttl", "1d", "0s"),
  ...wrongValues("secret-expire-time", TOKEN, "expire_time", "2030-01-01", "2030-01-01T00:00:00+01:00"),
  ...wrongValues("secret-rotation-period", REGIONAL, "rotation.rotation_period", "60s", "30d"),
  ...wrongValues("secret-rotation-time", REGIONAL, "rotation.next_rotation_time", "tomorrow"),
  ...wrongValues(
    "secret-topics",
    REGIONAL,
    "topics",
    Array.from({ length: 11 }, (_, index) => ({ name: `projects/p/topics/t${index}` })),
  ),
  ...wrongValues("secret-topic-name", REGIONAL, "topics", [{ name: "rotation" }]),
  ...wrongValues(
    "secret-aliases",
    REGIONAL,
    "version_aliases",
    Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, "1"])),
  ),
  ...wrongValues("secret-destroy-ttl", REGIONAL, "version_destroy_ttl", "1d"),
  ...wrongValues("secret-version-data-size", VERSION, "secret_data", "x".repeat(65537)),
  ...wrongValues("secret-version-deletion", VERSION, "deletion_policy", "KEEP"),
  ...wrongValues("secret-version-secret", VERSION, "secret", "token", undefined),
  ...wrongValues("secret-version-trigger", VERSION, "secret_data_wo_version", -1),

  ...wrongValues("secret-replication", TOKEN, "replication", {}, undefined),
  ...wrongValues("secret-replication", REGIONAL, "replication.auto", {}),
  ...wrongValues("secret-replicas-differ", REGIONAL, "replication.user_managed.replicas.1.location", "europe-west1"),
  ...wrongValues(
    "secret-key-location",
    REGIONAL,
    "replication.user_managed.replicas.0.customer_managed_encryption",
    key("global"),
  ),
  ...wrongValues("secret-key-location", TOKEN, "replication.auto", {
    customer_managed_encryption: key("europe-west1"),
  }),
  ...wrongValues(
    "secret-keys-of-all-replicas",
    REGIONAL,
    "replication.user_managed.replicas.0.customer_managed_encryption",
    undefined,
  ),
  ...wrongValues("secret-alias", REGIONAL, "version_aliases", { latest: "1" }, { "1st": "1" }, { stable: "v1" }),
  {
    rule: "secret-one-expiry",
    address: TOKEN,
    change: (document) =>
      Object.assign(resourceAt(document, TOKEN), { ttl: "86400s", expire_time: "2030-01-01T00:00:00Z" }),
  },
  ...wrongValues("secret-rotation", REGIONAL, "topics", undefined),
  ...wrongValues("secret-rotation", REGIONAL, "rotation.next_rotation_time", undefined),
  ...wrongValues("secret-topic-reference", REGIONAL, "topics", [{ name: "${google_pubsub_topic.rotation.name}" }]),
  ...wrongValues("secret-version-reference", VERSION, "secret", "${google_secret_manager_secret.token.secret_id}"),
  ...wrongValues("secret-version-data", VERSION, "secret_data", undefined),
  ...wrongValues("secret-version-data", VERSION, "secret_data_wo", "${var.token}"),
  {
    rule: "secret-version-trigger-missing",
    address: VERSION,
    change: (document) => {
      delete resourceAt(document, VERSION).secret_data;
      resourceAt(document, VERSION).secret_data_wo = "${var.token}";
    },
  },

  ...["role", "member"].map((name) => ({
    rule: "secret-accessor",
    address: WEB,
    change: (document: Json) => {
      const values = { role: "roles/secretmanager.viewer", member: "user:a@example.com" };
      Object.assign(resourceAt(document, GRANT), { [name]: values[name as keyof typeof values] });
    },
  })),
  ...wrongValues("secret-accessor-first", WEB, "depends_on", ["google_secret_manager_secret_version.token"]),
  ...wrongValues("secret-version-first", WEB, "depends_on", [GRANT]),
  {
    rule: "secret-without-version",
    address: TOKEN,
    change: (document) => {
      delete (document.resource as Json).google_secret_manager_secret_version;
    },
  },
  {
    rule: "secret-version-disabled",
    address: VERSION,
    change: (document) => {
      resourceAt(document, VERSION).enabled = false;
      const { containers } = resourceAt(document, WEB).template as { containers: { env: Json[] }[] };
      containers[0]!.env[1]!.value_source = {
        secret_key_ref: {
          secret: "${google_secret_manager_secret.token.secret_id}",
          version: "${google_secret_manager_secret_version.token.version}",
        },
      };
    },
  },
  ...wrongValues("secret-name-reference", WEB, `${ENV}.secret`, "${google_secret_manager_secret_version.token.id}"),
  ...wrongValues("secret-expires", TOKEN, "ttl", "86400s"),
  {
    rule: "secret-variable-rotates",
    address: WEB,
    change: (document) => {
      const { topics, rotation } = resourceAt(document, REGIONAL);
      Object.assign(resourceAt(document, TOKEN), { topics, rotation });
    },
  },
]);

const silent: readonly (readonly [string, (document: Json) => void])[] = [
  [
    "a secret of another stack",
    (document) => {
      delete (document.resource as Json).google_secret_manager_secret;
      delete (document.resource as Json).google_secret_manager_secret_version;
      delete (document.resource as Json).google_secret_manager_secret_iam_member;
      const text = JSON.stringify(document).replaceAll("${google_secret_manager_secret.token.secret_id}", "token");
      document.resource = (JSON.parse(text) as Json).resource;
    },
  ],
  [
    "a service account that exists already",
    (document) => {
      delete (document.resource as Json).google_secret_manager_secret_iam_member;
      const template = resourceAt(document, WEB).template as Json;
      template.service_account = "chat@my-project.iam.gserviceaccount.com";
    },
  ],
  [
    "a grant to members that Terraform computes",
    (document) => {
      delete resourceAt(document, GRANT).member;
      adding({
        "google_secret_manager_secret_iam_binding.chat": {
          secret_id: "${google_secret_manager_secret.token.id}",
          role: "roles/secretmanager.secretAccessor",
          members: "${var.readers}",
        },
      })(document);
    },
  ],
  [
    "a grant on the project",
    (document) => {
      delete (document.resource as Json).google_secret_manager_secret_iam_member;
      adding({
        "google_project_iam_member.chat": {
          project: "p",
          role: "roles/secretmanager.secretAccessor",
          member: "serviceAccount:${google_service_account.chat.email}",
        },
      })(document);
      resourceAt(document, WEB).depends_on = [
        "google_secret_manager_secret_version.token",
        "google_project_iam_member.chat",
      ];
    },
  ],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = valid();
  change(document);
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("secret-"))).toEqual([]);
});
