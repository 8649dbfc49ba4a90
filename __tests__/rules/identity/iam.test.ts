import { iamRules } from "../../../lib/rules/identity/iam";
import { adding, describeRules, findingsOf, type Json, resourceAt, wrongValues } from "../rule-support";

const ACCOUNT = "google_service_account.chat";
const BUCKET = "google_storage_bucket_iam_member.chat";
const PROJECT = "google_project_iam_member.chat";
const BINDING = "google_pubsub_topic_iam_binding.publishers";
const ON_ACCOUNT = "google_service_account_iam_member.deployer";
const CUSTOM = "google_project_iam_custom_role.invoker";

function valid(): Json {
  return {
    resource: {
      google_service_account: {
        chat: { account_id: "chat-runtime", display_name: "Chat", description: "Runs chat" },
      },
      google_storage_bucket_iam_member: {
        chat: {
          bucket: "my-models",
          role: "roles/storage.objectViewer",
          member: "${google_service_account.chat.member}",
        },
        people: {
          bucket: "my-models",
          role: "roles/storage.objectViewer",
          member: "group:ml@example.com",
          condition: { title: "until 2030", expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' },
        },
      },
      google_project_iam_member: {
        chat: {
          project: "my-project",
          role: "roles/cloudtrace.agent",
          member: "serviceAccount:${google_service_account.chat.email}",
        },
        invoker: {
          project: "my-project",
          role: "${google_project_iam_custom_role.invoker.id}",
          member: "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
        },
      },
      google_pubsub_topic_iam_binding: {
        publishers: {
          topic: "projects/my-project/topics/work",
          role: "roles/pubsub.publisher",
          members: ["user:a@example.com", "domain:example.com", "serviceAccount:${var.publisher}"],
        },
      },
      google_service_account_iam_member: {
        deployer: {
          service_account_id: "${google_service_account.chat.name}",
          role: "roles/iam.serviceAccountUser",
          member: "serviceAccount:deploy@my-project.iam.gserviceaccount.com",
        },
      },
      google_project_iam_custom_role: {
        invoker: { role_id: "ai.invoker", title: "Invoker", permissions: ["run.routes.invoke"], stage: "GA" },
      },
    },
  };
}

const member = (changes: Json = {}) => ({ ...resourceAt(valid(), BUCKET), ...changes });

describeRules(iamRules, valid, [
  ...wrongValues("iam-account-id", ACCOUNT, "account_id", "chat", "Chat-runtime", `a${"x".repeat(30)}`, "chat_runtime"),
  ...wrongValues("iam-account-display-name", ACCOUNT, "display_name", "x".repeat(101)),
  ...wrongValues("iam-account-description", ACCOUNT, "description", "x".repeat(257)),
  ...wrongValues("iam-custom-role-id", CUSTOM, "role_id", "ai-invoker", "ai"),
  ...wrongValues("iam-custom-role-title", CUSTOM, "title", "x".repeat(101)),
  ...wrongValues("iam-custom-role-stage", CUSTOM, "stage", "STABLE"),
  ...wrongValues("iam-custom-role-permission", CUSTOM, "permissions", ["run.*"], ["roles/run.invoker"]),
  ...wrongValues(
    "iam-role",
    BUCKET,
    "role",
    "storage.objectViewer",
    "role/storage.objectViewer",
    "roles/storage objects",
  ),
  ...wrongValues("iam-condition-title", BUCKET, "condition", { expression: "true" }),
  ...wrongValues("iam-condition-expression", BUCKET, "condition", { title: "always" }),
  ...wrongValues(
    "iam-service-account-name",
    ON_ACCOUNT,
    "service_account_id",
    "chat-runtime",
    "a@b.iam.gserviceaccount.com",
  ),
  ...wrongValues(
    "iam-service-account-reference",
    ON_ACCOUNT,
    "service_account_id",
    "${google_service_account.chat.email}",
  ),
  ...wrongValues(
    "iam-member",
    BUCKET,
    "member",
    "chat-runtime@my-project.iam.gserviceaccount.com",
    "${google_service_account.chat.email}",
    "serviceAccount:${google_service_account.chat.member}",
    "serviceAccount:${google_service_account.chat.name}",
    "serviceaccount:a@b.iam.gserviceaccount.com",
    "user:somebody",
    "domain:a@example.com",
    "allusers",
    "principalSet:iam.googleapis.com/x",
  ),
  ...wrongValues("iam-member", BINDING, "members", ["user:a@example.com", "b@example.com"]),
  ...wrongValues("iam-deleted-member", BUCKET, "member", "deleted:serviceAccount:a@b.iam.gserviceaccount.com?uid=1"),
  {
    rule: "iam-duplicate",
    address: "google_storage_bucket_iam_member.again",
    change: adding({
      "google_storage_bucket_iam_member.again": member({
        member: "serviceAccount:${google_service_account.chat.email}",
      }),
    }),
  },
  {
    rule: "iam-binding-and-member",
    address: BUCKET,
    change: adding({
      "google_storage_bucket_iam_binding.all": {
        bucket: "my-models",
        role: "roles/storage.objectViewer",
        members: ["user:a@example.com"],
      },
    }),
  },
  {
    rule: "iam-two-bindings",
    address: "google_pubsub_topic_iam_binding.more",
    change: adding({
      "google_pubsub_topic_iam_binding.more": { ...resourceAt(valid(), BINDING), members: ["user:b@example.com"] },
    }),
  },
  {
    rule: "iam-policy-and-others",
    address: BUCKET,
    change: adding({
      "google_storage_bucket_iam_policy.all": {
        bucket: "my-models",
        policy_data: "${data.google_iam_policy.x.policy_data}",
      },
    }),
  },
  {
    rule: "iam-project-policy",
    address: "google_project_iam_policy.all",
    change: adding({ "google_project_iam_policy.all": { project: "p", policy_data: "${var.policy}" } }),
  },
  {
    rule: "iam-project-binding",
    address: "google_project_iam_binding.editors",
    change: adding({
      "google_project_iam_binding.editors": { project: "p", role: "roles/editor", members: ["group:dev@example.com"] },
    }),
  },
  ...wrongValues("iam-binding-empty", BINDING, "members", []),
  {
    rule: "iam-condition-basic-role",
    address: PROJECT,
    change: (document) =>
      Object.assign(resourceAt(document, PROJECT), {
        role: "roles/viewer",
        condition: { title: "now", expression: "true" },
      }),
  },
  {
    rule: "iam-condition-public",
    address: BUCKET,
    change: (document) =>
      Object.assign(resourceAt(document, BUCKET), {
        member: "allUsers",
        condition: { title: "now", expression: "true" },
      }),
  },
  ...wrongValues("iam-role-of-service", BUCKET, "role", "roles/run.invoker"),
]);

const silent: readonly (readonly [string, (document: Json) => void])[] = [
  [
    "members that Terraform computes",
    (document) => Object.assign(resourceAt(document, BUCKET), { member: "${var.member}" }),
  ],
  [
    "lists of members that Terraform computes",
    (document) => Object.assign(resourceAt(document, BINDING), { members: "${var.members}" }),
  ],
  [
    "a service account by data source",
    (document) => Object.assign(resourceAt(document, BUCKET), { member: "${data.google_service_account.x.member}" }),
  ],
  [
    "one resource for many members",
    (document) => {
      const many = { ...member(), for_each: "${toset(var.members)}", member: "${each.value}" };
      adding({ "google_storage_bucket_iam_member.a": many, "google_storage_bucket_iam_member.b": many })(document);
    },
  ],
  [
    "the same member of another bucket or under another condition",
    (document) =>
      adding({
        "google_storage_bucket_iam_member.a": member({ bucket: "other" }),
        "google_storage_bucket_iam_member.b": member({ condition: { title: "now", expression: "true" } }),
      })(document),
  ],
  [
    "a binding of another role",
    (document) =>
      adding({
        "google_storage_bucket_iam_binding.a": {
          bucket: "my-models",
          role: "roles/storage.admin",
          members: ["user:a@example.com"],
        },
      })(document),
  ],
  ["IAM of other clouds", (document) => adding({ "aws_iam_policy.a": { role: "x", member: "y" } })(document)],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = valid();
  change(document);
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("iam-"))).toEqual([]);
});
