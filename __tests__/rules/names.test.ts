import { allTypes, factsOf } from "../../lib/google/all-types";
import { RFC1035 } from "../../lib/google/formats";
import { adding, changed, describeGroup, findingsOf, type Json, type Mutation, on } from "./rule-support";

const DATASET = "google_bigquery_dataset.logs";
const POOL = "google_iam_workload_identity_pool.ci";

/** Resources of which only names and labels are judged, and two more with labels. */
function valid(): Json {
  return {
    resource: {
      google_bigquery_dataset: {
        logs: { dataset_id: "logs_1", labels: { team: "ai", "cost-centre_1": "", größe: "groß" } },
      },
      google_pubsub_topic: { events: { name: "events", labels: { team: "ai" } } },
      google_workflows_workflow: { nightly: { name: "nightly", region: "europe-west1", labels: { run: 1 } } },
      google_compute_image: { gpu: { name: "gpu" } },
      google_iam_workload_identity_pool: { ci: { workload_identity_pool_id: "ci-pool" } },
    },
  };
}

const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, "x"]));
const second = (address: string, body: Json) => changed("name-unique", address, adding({ [address]: body }));

describeGroup("name", valid, [
  second("google_bigquery_dataset.again", { dataset_id: "logs_1" }),
  second("google_workflows_workflow.again", { name: "nightly", region: "europe-west1" }),
  second("google_compute_image.again", { name: "gpu" }),
  changed("name-unique", "google_pubsub_topic.again", (document) => {
    document.provider = { google: [{ project: "my-project" }] };
    adding({ "google_pubsub_topic.again": { name: "events", project: "my-project" } })(document);
  }),
]);

describeGroup("label", valid, [
  ...on(
    DATASET,
    ["label-key", "labels", { Team: "ai" }],
    ["label-key", "labels", { "1team": "ai" }],
    ["label-key", "labels", { ["t".repeat(64)]: "ai" }],
    ["label-count", "labels", many],
  ),
  ...["AI", "a.b", 1.5].map(
    (value): Mutation => ({
      rule: "label-value",
      address: DATASET,
      set: ["labels", { team: value }],
      at: "labels.team",
    }),
  ),
]);

describeGroup("bigquery", valid, on(DATASET, ["bigquery-name", "dataset_id", "my-logs"]));
describeGroup("workflows", valid, on("google_workflows_workflow.nightly", ["workflows-name", "name", "1st"]));
describeGroup("identity-pool", valid, on(POOL, ["identity-pool-name", "workload_identity_pool_id", "gcp-ci"]));
describeGroup("image", valid, on("google_compute_image.gpu", ["image-name", "name", "GPU"]));

test.each([["Chat"], ["chat_api"], ["chat-"], ["c".repeat(64)], [""], ["1chat"]])("fails the name %s", (name) => {
  expect(RFC1035.holds(name)).toBe(false);
});

/** Every type whose names are unique somewhere. */
const spaces = allTypes.flatMap(({ type, name }) =>
  name && (name.uniqueIn || name.isGlobal) ? [[type, name] as const] : [],
);

test.each(spaces)("two %s of one name", (type, { attribute = "name", uniqueIn = [], isGlobal, sharedWith = [] }) => {
  const place = Object.fromEntries(uniqueIn.map((each) => [each, "a"]));
  const same = (first: Json, again: Json, types = [type, type]) =>
    namesIn({
      resource: twins(
        types,
        { [attribute]: "samename", ...place, ...first },
        { [attribute]: "samename", ...place, ...again },
      ),
    });
  expect(same({}, {})).toEqual(["name-unique"]);
  expect(same({}, { [attribute]: "other" })).toEqual([]);
  expect(same({}, { for_each: "${var.all}" })).toEqual([]);
  for (const each of uniqueIn) expect(same({}, { [each]: "b" })).toEqual([]);
  expect(same({ project: "a" }, { project: "b" })).toEqual(isGlobal ? ["name-unique"] : []);
  for (const other of sharedWith) expect(same({}, {}, [type, other])).toEqual(["name-unique"]);
});

function twins([type, other]: readonly string[], first: Json, again: Json): Json {
  return type === other ? { [type!]: { first, again } } : { [type!]: { first }, [other!]: { again } };
}

const namesIn = (document: Json) =>
  findingsOf(document)
    .map(({ rule }) => rule)
    .filter((rule) => rule === "name-unique");

test("says nothing of equal names in places that are not, or not surely, the same", () => {
  const workflow = (more: Json) => ({ name: "chat", region: "europe-west1", ...more });
  const google_workflows_workflow = {
    a: workflow({}),
    b: workflow({ region: "us-central1" }),
    c: workflow({ project: "other" }),
    d: workflow({ project: "${var.project}" }),
    e: workflow({ region: "${each.key}", for_each: "${var.regions}" }),
    f: workflow({ provider: "google.other" }),
    g: workflow({ name: "${var.name}" }),
    h: workflow({ name: "${var.name}" }),
  };
  expect(namesIn({ resource: { google_workflows_workflow, google_pubsub_topic: { a: { name: "chat" } } } })).toEqual(
    [],
  );
});

test("says nothing of a service account that takes over the one that is there", () => {
  const google_service_account = {
    first: { account_id: "shared-runner" },
    again: { account_id: "shared-runner", create_ignore_already_exists: true },
  };
  expect(namesIn({ resource: { google_service_account } })).toEqual([]);
});

test.each([
  ["google_storage_bucket", "name", ["models", "my.bucket.example.com", "a_b-1", "x".repeat(63)]],
  ["google_pubsub_topic", "name", ["events", "projects/p/topics/events", "A.b~c+d%e"]],
  ["google_compute_instance_group_manager", "base_instance_name", ["gpu", "vm-###", "x".repeat(58)]],
  ["google_monitoring_uptime_check_config", "display_name", ["Chat – Europe"]],
  ["google_logging_metric", "name", ["api/errors-5xx"]],
  ["google_compute_instance_template", "name_prefix", ["gpu-", "g".repeat(54)]],
])("says nothing of the names that %s accepts", (type, attribute, names) => {
  const section = Object.fromEntries(names.map((name, index) => [`n${index}`, { [attribute]: name }]));
  const found = findingsOf({ resource: { [type]: section } }).filter((finding) => finding.attribute === attribute);
  expect(found.filter(({ rule }) => /-name/.test(rule))).toEqual([]);
});

test("says nothing of labels that Terraform computes, and of what others call labels", () => {
  const found = findingsOf({
    resource: {
      google_bigquery_dataset: {
        a: { dataset_id: "a", labels: "${var.labels}" },
        b: { dataset_id: "b", labels: { env: "${var.Env}" } },
      },
      google_monitoring_notification_channel: {
        mail: { display_name: "Mail", type: "email", labels: { email_address: "A@example.com" } },
      },
      google_cloud_identity_group: { g: { labels: { "cloudidentity.googleapis.com/groups.discussion_forum": "" } } },
      aws_instance: { i: { name: "I", labels: { Team: "AI" } } },
    },
  });
  expect(found).toEqual([]);
});

test("labels are judged without a table, too", () => {
  const resource = { google_redis_instance: { cache: { name: "cache", labels: { Team: "ai" } } } };
  expect(findingsOf({ resource }).map(({ rule }) => rule)).toEqual(["label-key"]);
});

test("types that share a space of names say so of each other", () => {
  const shared = allTypes.flatMap(({ type, name }) => (name?.sharedWith ?? []).map((other) => [type, other] as const));
  expect(shared.filter(([type, other]) => !factsOf(other)?.name?.sharedWith?.includes(type))).toEqual([]);
});
