import { NAME_FORMATS } from "../../../lib/rules/names/name-formats";
import { NAME_SPACES } from "../../../lib/rules/names/name-spaces";
import { nameRules } from "../../../lib/rules/names/names";
import { describeRules, findingsOf, type Json, type Mutation, resourceAt } from "../rule-support";
import { servingPath } from "../serving-path";

const BACKEND = "google_compute_backend_service.api";
const lifecycle = { create_before_destroy: true };

function valid(): Json {
  const document = servingPath();
  const resources = document.resource as Json;
  Object.assign(resourceAt(document, "google_certificate_manager_certificate_map.main"), {
    labels: { team: "ai", "cost-centre_1": "", größe: "groß" },
  });
  Object.assign(resources, {
    google_secret_manager_secret: { key: { secret_id: "API_key-1", replication: { auto: {} } } },
    google_logging_metric: { errors: { name: "api/errors", filter: "severity>=ERROR" } },
  });
  return document;
}

/** A name that each kind rejects, where it is not this one. */
const BAD: Readonly<Record<string, string>> = {
  "uptime-check": "",
  "scheduler-job": "job.1",
  kms: "a.b",
};

/** Names tried on a document with that resource alone, so that each mutation is seen by its own rule. */
const bad: Mutation[] = NAME_FORMATS.map(({ kind, types, attribute }) => {
  const [type = ""] = types.split("|");
  return {
    rule: `name-${kind}`,
    address: `${type}.tried`,
    change: (document) => {
      const resources = document.resource as Json;
      const tried = { [attribute]: BAD[kind] ?? `-${"Ü".repeat(300)} ` };
      resources[type] = { ...(resources[type] as Json | undefined), tried };
    },
  };
});

const of = (address: string, rule: string, path: string, value: unknown): Mutation => ({
  rule,
  address,
  set: [path, value],
});
const MAP = "google_certificate_manager_certificate_map.main";

describeRules(nameRules, valid, [
  ...bad,
  of(BACKEND, "name-backend-service", "name", "Chat"),
  of(BACKEND, "name-backend-service", "name", "chat_api"),
  of(BACKEND, "name-backend-service", "name", "chat-"),
  of(BACKEND, "name-backend-service", "name", "c".repeat(64)),
  of("google_cloud_run_v2_service.eu", "name-cloud-run", "name", "c".repeat(50)),
  {
    rule: "name-unique",
    address: "google_compute_global_address.v6",
    change: (document) => {
      resourceAt(document, "google_compute_global_address.v6").name = "chat-v4";
    },
  },
  {
    rule: "name-unique",
    address: "google_cloud_run_v2_service.us",
    change: (document) => {
      resourceAt(document, "google_cloud_run_v2_service.us").location = "europe-west1";
    },
  },
  {
    rule: "name-unique",
    address: "google_compute_managed_ssl_certificate.second",
    change: (document) => {
      Object.assign(document.resource as Json, {
        google_compute_ssl_certificate: { first: { name: "chat", certificate: "${var.c}", private_key: "${var.k}" } },
        google_compute_managed_ssl_certificate: { second: { name: "chat", managed: { domains: ["a.example.com"] } } },
      });
    },
  },
  {
    rule: "name-or-prefix",
    address: "google_compute_ssl_certificate.own",
    change: (document) => {
      (document.resource as Json).google_compute_ssl_certificate = {
        own: { name: "own", name_prefix: "own-", private_key: "k", certificate: "c", lifecycle },
      };
    },
  },
  of(MAP, "label-key", "labels", { Team: "ai" }),
  of(MAP, "label-key", "labels", { "1team": "ai" }),
  of(MAP, "label-key", "labels", { ["t".repeat(64)]: "ai" }),
  of(MAP, "label-value", "labels", { team: "AI" }),
  of(MAP, "label-value", "labels", { team: "a.b" }),
  of(MAP, "label-count", "labels", Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, "x"]))),
]);

const nameFindings = (document: Json) =>
  findingsOf(document)
    .map(({ rule, address }) => `${rule} ${address}`)
    .filter((each) => /^(name|label)-/.test(each));

test.each([
  ["google_storage_bucket", "name", ["models", "my.bucket.example.com", "a_b-1", "x".repeat(63)]],
  ["google_pubsub_topic", "name", ["events", "projects/p/topics/events", "A.b~c+d%e"]],
  ["google_monitoring_uptime_check_config", "display_name", ["Chat – Europe"]],
  ["google_logging_metric", "name", ["api/errors-5xx"]],
  ["google_compute_instance_template", "name_prefix", ["gpu-", "g".repeat(54)]],
])("says nothing of the names that %s takes", (type, attribute, names) => {
  const section = Object.fromEntries(names.map((name, index) => [`n${index}`, { [attribute]: name }]));
  expect(nameFindings({ resource: { [type]: section } })).toEqual([]);
});

test.each([["google-models"], ["192.168.5.4"], ["Models"], ["a..b"], ["ab"], ["-models"], ["x".repeat(64)]])(
  "fails the bucket name %s",
  (name) => {
    const findings = nameFindings({ resource: { google_storage_bucket: { b: { name } } } });
    expect(findings).toEqual(["name-bucket google_storage_bucket.b"]);
  },
);

test("says nothing of equal names in places that are not, or not surely, the same", () => {
  const service = (more: Json) => ({ name: "chat", location: "europe-west1", ...more });
  expect(
    nameFindings({
      resource: {
        google_cloud_run_v2_service: {
          a: service({}),
          b: service({ location: "us-central1" }),
          c: service({ project: "other" }),
          d: service({ project: "${var.project}" }),
          e: service({ location: "${each.key}", for_each: "${var.regions}" }),
          f: service({ provider: "google.other" }),
          g: service({ name: "${var.name}" }),
          h: service({ name: "${var.name}" }),
        },
        google_cloud_run_v2_job: { a: service({}) },
      },
    }),
  ).toEqual([]);
});

test("says nothing of labels that Terraform computes, and of what others call labels", () => {
  expect(
    nameFindings({
      resource: {
        google_compute_address: {
          a: { name: "a", labels: "${var.labels}" },
          b: { name: "b", labels: { env: "${var.Env}" } },
        },
        google_monitoring_notification_channel: {
          mail: { display_name: "Mail", labels: { email_address: "A@example.com" } },
        },
        google_cloud_identity_group: { g: { labels: { "cloudidentity.googleapis.com/groups.discussion_forum": "" } } },
        aws_instance: { i: { name: "I", labels: { Team: "AI" } } },
      },
    }),
  ).toEqual([]);
});

test("each type has its names judged once, and one name space", () => {
  const judged = NAME_FORMATS.flatMap(({ types, attribute }) => types.split("|").map((type) => `${type} ${attribute}`));
  expect(judged.filter((each, index) => judged.indexOf(each) !== index)).toEqual([]);
  const kept = NAME_SPACES.flatMap(({ types }) => types);
  expect(kept.filter((each, index) => kept.indexOf(each) !== index)).toEqual([]);
});
