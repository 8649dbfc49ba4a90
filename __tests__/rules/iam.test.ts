import { adding, describeGroup, findingsOf, type Json, on, resourceAt, wrongValues } from "./rule-support";

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
      google_project_iam_audit_config: {
        reads: {
          project: "my-project",
          service: "storage.googleapis.com",
          audit_log_config: [{ log_type: "DATA_READ", exempted_members: ["group:ml@example.com"] }],
        },
        all: { project: "my-project", service: "allServices", audit_log_config: [{ log_type: "ADMIN_READ" }] },
      },
      google_project_iam_custom_role: {
        invoker: { role_id: "ai.invoker", title: "Invoker", permissions: ["run.routes.invoke"], stage: "GA" },
      },
    },
  };
}

const member = (changes: Json = {}) => ({ ...resourceAt(valid(), BUCKET), ...changes });

describeGroup("account", valid, [
  ...wrongValues("account-name", ACCOUNT, "account_id", "chat", "Chat-runtime", `a${"x".repeat(30)}`, "chat_runtime"),
]);

describeGroup("role", valid, [
  ...wrongValues("role-name", CUSTOM, "role_id", "ai-invoker", "ai"),
  ...wrongValues("role-permissions", CUSTOM, "permissions", ["run.*"], ["roles/run.invoker"]),
]);

describeGroup(
  "iam",
  valid,
  [
    ...wrongValues("iam-service-audited", "google_project_iam_audit_config.reads", "service", "storage", "all"),
    ...wrongValues(
      "iam-audit-log-config-log-type",
      "google_project_iam_audit_config.reads",
      "audit_log_config.0.log_type",
      "READ",
    ),
    ...wrongValues(
      "iam-role",
      BUCKET,
      "role",
      "storage.objectViewer",
      "role/storage.objectViewer",
      "roles/storage objects",
    ),
    ...on(
      BUCKET,
      ["iam-condition-title", "condition", { expression: "true" }, "condition.title"],
      ["iam-condition-expression", "condition", { title: "always" }, "condition.expression"],
    ),
    ...wrongValues(
      "iam-service-account-id",
      ON_ACCOUNT,
      "service_account_id",
      "chat-runtime",
      "a@b.iam.gserviceaccount.com",
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
    ...wrongValues("iam-member-deleted", BUCKET, "member", "deleted:serviceAccount:a@b.iam.gserviceaccount.com?uid=1"),
    ...wrongValues("iam-members-deleted", BINDING, "members", ["deleted:user:a@b.c?uid=1"]),
    {
      rule: "iam-repeated",
      address: "google_storage_bucket_iam_member.again",
      change: adding({
        "google_storage_bucket_iam_member.again": member({
          member: "serviceAccount:${google_service_account.chat.email}",
        }),
      }),
    },
    {
      rule: "iam-managed",
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
      rule: "iam-repeated",
      address: "google_pubsub_topic_iam_binding.more",
      change: adding({
        "google_pubsub_topic_iam_binding.more": { ...resourceAt(valid(), BINDING), members: ["user:b@example.com"] },
      }),
    },
    {
      rule: "iam-managed",
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
      rule: "iam-role-shared",
      address: "google_project_iam_binding.editors",
      change: adding({
        "google_project_iam_binding.editors": {
          project: "p",
          role: "roles/editor",
          members: ["group:dev@example.com"],
        },
      }),
    },
    ...wrongValues("iam-members", BINDING, "members", []),
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
      also: ["security-public-bucket"],
      address: BUCKET,
      change: (document) =>
        Object.assign(resourceAt(document, BUCKET), {
          member: "allUsers",
          condition: { title: "now", expression: "true" },
        }),
    },
    ...wrongValues("iam-role-service", BUCKET, "role", "roles/run.invoker"),
  ],
  ["iam-members", "iam-project-policy", "iam-role-service", "iam-role-shared"],
);

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
  [
    "outputs of another state",
    (document) => {
      const invoker = (region: string) => ({
        name: `\${data.terraform_remote_state.apps.outputs.svc_${region}}`,
        location: `\${data.terraform_remote_state.apps.outputs.loc_${region}}`,
        role: "roles/run.invoker",
        member: "group:team@example.com",
      });
      document.data = { terraform_remote_state: { apps: { backend: "gcs", config: { bucket: "b" } } } };
      adding({
        "google_cloud_run_v2_service_iam_member.a": invoker("eu"),
        "google_cloud_run_v2_service_iam_member.b": invoker("us"),
      })(document);
    },
  ],
  [
    "instances of one bucket",
    (document) =>
      adding({
        "google_storage_bucket.many": { for_each: '${toset(["a", "b"])}', name: "${each.key}", location: "EU" },
        "google_storage_bucket_iam_member.a": member({ bucket: '${google_storage_bucket.many["a"].name}' }),
        "google_storage_bucket_iam_member.b": member({ bucket: '${google_storage_bucket.many["b"].name}' }),
      })(document),
  ],
  [
    "a group of a workload identity pool",
    (document) =>
      Object.assign(resourceAt(document, BUCKET), { member: "group:p.svc.id.goog:/allAuthenticatedUsers/" }),
  ],
  ["IAM of other clouds", (document) => adding({ "aws_iam_policy.a": { role: "x", member: "y" } })(document)],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = valid();
  change(document);
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("iam-"))).toEqual([]);
});
