import { WEB, workloads } from "./cloud-run/cloud-run-document";
import { adding, changed, describeGroup, findingsOf, type Json, on, resourceAt, wrongValues } from "./rule-support";

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

describeGroup(
  "secret",
  valid,
  [
    ...wrongValues("secret-name", TOKEN, "secret_id", "my token", "projects/p/secrets/token", ""),
    ...wrongValues(
      "secret-replication-user-managed-replicas-location-region",
      REGIONAL,
      "replication.user_managed.replicas.0.location",
      "eu",
      "europe",
    ),
    ...["replicas"].flatMap(() =>
      on(
        REGIONAL,
        [
          "secret-replication-user-managed-replicas",
          "replication.user_managed",
          {},
          "replication.user_managed.replicas",
        ],
        [
          "secret-replication-user-managed-replicas",
          "replication.user_managed",
          { replicas: [] },
          "replication.user_managed.replicas",
        ],
      ),
    ),
    ...on(TOKEN, [
      "secret-customer-managed-encryption-kms-key-name",
      "replication.auto",
      { customer_managed_encryption: { kms_key_name: "k" } },
      "replication.auto.customer_managed_encryption.kms_key_name",
    ]),
    ...wrongValues(
      "secret-customer-managed-encryption-kms-key-name",
      REGIONAL,
      "replication.user_managed.replicas.0.customer_managed_encryption.kms_key_name",
      "k",
    ),
    ...wrongValues("secret-expire-time", REGIONAL, "expire_time", "2030-01-01", "2030-01-01T00:00:00+01:00"),
    ...wrongValues("secret-rotation-next-rotation-time", REGIONAL, "rotation.next_rotation_time", "tomorrow"),
    ...on(REGIONAL, ["secret-topics-name", "topics", [{ name: "rotation" }], "topics.name"]),
    ...wrongValues(
      "secret-version-aliases",
      REGIONAL,
      "version_aliases",
      { latest: "1" },
      { "1st": "1" },
      { stable: "v1" },
    ),
    ...wrongValues("secret-version-destroy-ttl", REGIONAL, "version_destroy_ttl", "1d"),
    ...wrongValues("secret-version-secret", VERSION, "secret", "projects/p/secrets/token/versions/1", undefined).map(
      (each) => ({ ...each, also: ["secret-without-version"] }),
    ),

    ...wrongValues("secret-replication", TOKEN, "replication", undefined),
    ...on(TOKEN, ["secret-replication-kind", "replication", {}, "replication.auto"]),
    ...on(REGIONAL, ["secret-replication-kind", "replication.auto", {}, "replication.user_managed"]),
    ...wrongValues(
      "secret-replicas-differ",
      REGIONAL,
      "replication.user_managed.replicas.1.location",
      "europe-west1",
    ).map((each) => ({ ...each, also: ["kms-location"] })),
    ...on(
      REGIONAL,
      [
        "kms-location",
        "replication.user_managed.replicas.0.customer_managed_encryption",
        key("global"),
        "replication.user_managed.replicas.customer_managed_encryption.kms_key_name",
      ],
      [
        "secret-replication-user-managed-replicas-keys",
        "replication.user_managed.replicas.0.customer_managed_encryption",
        undefined,
        "replication.user_managed.replicas",
      ],
      ["secret-rotation-topics", "topics", undefined],
      ["secret-rotation-start", "rotation.next_rotation_time", undefined],
      ["secret-rotation-period", "rotation.rotation_period", undefined],
    ),
    ...on(TOKEN, [
      "kms-location",
      "replication.auto",
      { customer_managed_encryption: key("europe-west1") },
      "replication.auto.customer_managed_encryption.kms_key_name",
    ]),
    changed(
      "secret-topics-name",
      REGIONAL,
      (document) => {
        adding({ "google_pubsub_topic.rotation": { name: "rotation" } })(document);
        resourceAt(document, REGIONAL).topics = [{ name: "${google_pubsub_topic.rotation.name}" }];
      },
      { at: "topics.name" },
    ),
    changed("secret-one-expiry", REGIONAL, (document) =>
      Object.assign(resourceAt(document, REGIONAL), { ttl: "86400s", expire_time: "2030-01-01T00:00:00Z" }),
    ),
    ...wrongValues("secret-version-data", VERSION, "secret_data", undefined),
    ...on(VERSION, ["secret-version-data", "secret_data_wo", "a${var.token}"]).map((each) => ({
      ...each,
      also: ["secret-version-trigger"],
    })),
    ...on(VERSION, ["secret-version-secret-data-wo-version", "secret_data_wo_version", -1]),
    changed(
      "secret-version-trigger",
      VERSION,
      (document) => {
        delete resourceAt(document, VERSION).secret_data;
        resourceAt(document, VERSION).secret_data_wo = "a${var.token}";
      },
      { at: "secret_data_wo_version" },
    ),

    ...["role", "member"].map((name) => ({
      rule: "secret-accessor",
      address: WEB,
      change: (document: Json) => {
        const values = { role: "roles/secretmanager.viewer", member: "user:a@example.com" };
        Object.assign(resourceAt(document, GRANT), { [name]: values[name as keyof typeof values] });
      },
    })),
    ...wrongValues("secret-first", WEB, "depends_on", ["google_secret_manager_secret_version.token"]),
    ...wrongValues("secret-first", WEB, "depends_on", [GRANT]),
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
  ],
  [
    "secret-first",
    "secret-expires",
    "secret-replication-user-managed-replicas-keys",
    "secret-variable-rotates",
    "secret-version-trigger",
    "secret-without-version",
  ],
);

const silent: readonly (readonly [string, (document: Json) => void])[] = [
  [
    "a version of write-only data that is a text, as from provider 8 on",
    (document) => {
      const version = resourceAt(document, VERSION);
      delete version.secret_data;
      Object.assign(version, { secret_data_wo: "${var.token}", secret_data_wo_version: "2026-11" });
    },
  ],
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
    "a version of a secret by its bare name",
    (document) => Object.assign(resourceAt(document, VERSION), { secret: "token" }),
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

test.each([
  ["EU", "europe", []],
  ["EU", "europe-west1", ["kms-location"]],
  ["US", "us", []],
  ["us-central1", "us-central1", []],
  ["us-central1", "global", ["kms-location"]],
  ["${var.location}", "global", []],
])("a dataset in %s with a key in %s: %j", (location, of, expected) => {
  const dataset = { dataset_id: "logs", location, default_encryption_configuration: key(of) };
  const findings = findingsOf({ resource: { google_bigquery_dataset: { logs: dataset } } });
  expect(findings.map(({ rule }) => rule)).toEqual(expected);
  for (const { attribute } of findings) expect(attribute).toBe("default_encryption_configuration.kms_key_name");
});
