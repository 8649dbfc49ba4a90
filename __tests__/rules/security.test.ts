import { ruleFacts } from "../../lib/rules/all-rules";
import { adding, describeGroup, findingsOf, type Json, resourceAt, wrongValues } from "./rule-support";
import { servingPath } from "./serving-path";

const EU = "google_cloud_run_v2_service.eu";
const US = "google_cloud_run_v2_service.us";
const C = "template.containers.0";
const ROBOT = "serviceAccount:chat@my-project.iam.gserviceaccount.com";
const POLICY = "google_compute_ssl_policy.main";
const TEMPLATE = "google_compute_instance_template.gpu";

function grant(rule: string, type: string, values: Json) {
  return { rule, address: `${type}.x`, change: adding({ [`${type}.x`]: values }) };
}

describeGroup(
  "security",
  servingPath,
  [
    grant("security-public-bucket", "google_storage_bucket_iam_member", {
      bucket: "b",
      role: "roles/storage.objectViewer",
      member: "allUsers",
    }),
    grant("security-public-bucket", "google_storage_bucket_iam_binding", {
      bucket: "b",
      role: "roles/storage.objectViewer",
      members: ["user:a@example.com", "allAuthenticatedUsers"],
    }),
    grant("security-public-bucket", "google_storage_default_object_access_control", {
      bucket: "b",
      role: "READER",
      entity: "allUsers",
    }),
    grant("security-public-bucket", "google_storage_bucket_acl", { bucket: "b", predefined_acl: "publicRead" }),
    grant("security-public-bucket", "google_storage_bucket_acl", { bucket: "b", role_entity: ["READER:allUsers"] }),
    {
      rule: "security-public-bucket",
      address: "data.google_iam_policy.x",
      change: (document) => {
        document.data = {
          google_iam_policy: { x: { binding: [{ role: "roles/storage.objectViewer", members: ["allUsers"] }] } },
        };
        adding({
          "google_storage_bucket_iam_policy.x": {
            bucket: "b",
            policy_data: "${data.google_iam_policy.x.policy_data}",
          },
        })(document);
      },
    },
    {
      rule: "security-public-bucket",
      address: "google_storage_bucket_iam_member.x",
      change: adding({
        "google_storage_bucket.b": {
          name: "my-models",
          location: "EU",
          uniform_bucket_level_access: true,
          public_access_prevention: "enforced",
        },
        "google_storage_bucket_iam_member.x": {
          bucket: "${google_storage_bucket.b.name}",
          role: "roles/storage.objectViewer",
          member: "allUsers",
        },
      }),
    },
    grant("security-public-grant", "google_pubsub_topic_iam_member", {
      topic: "projects/p/topics/t",
      role: "roles/pubsub.publisher",
      member: "allUsers",
    }),
    grant("security-public-grant", "google_artifact_registry_repository_iam_member", {
      repository: "r",
      role: "roles/artifactregistry.reader",
      member: "allUsers",
    }),
    grant("security-public-grant", "google_cloud_run_v2_service_iam_member", {
      name: "other",
      role: "roles/run.invoker",
      member: "allAuthenticatedUsers",
    }),
    grant("security-public-grant", "google_cloud_run_v2_service_iam_member", {
      name: "other",
      role: "roles/run.admin",
      member: "allUsers",
    }),
    grant("security-admin-role", "google_project_iam_member", { project: "p", role: "roles/editor", member: ROBOT }),
    grant("security-all-secrets", "google_project_iam_member", {
      project: "p",
      role: "roles/secretmanager.secretAccessor",
      member: ROBOT,
    }),
    grant("security-admin-role", "google_project_iam_member", {
      project: "p",
      role: "roles/storage.admin",
      member: ROBOT,
    }),
    grant("security-admin-role", "google_project_iam_binding", {
      project: "p",
      role: "roles/secretmanager.admin",
      members: [ROBOT],
    }),
    grant("security-impersonation", "google_project_iam_member", {
      project: "p",
      role: "roles/iam.serviceAccountTokenCreator",
      member: "user:a@example.com",
    }),
    grant("security-account-key", "google_service_account_key", {
      service_account_id: "projects/p/serviceAccounts/a@b.c",
    }),
    ...wrongValues(
      "security-default-account",
      EU,
      "template.service_account",
      "123456789-compute@developer.gserviceaccount.com",
      "my-project@appspot.gserviceaccount.com",
    ),
    grant("security-default-account", "google_project_iam_member", {
      project: "p",
      role: "roles/run.invoker",
      member: "serviceAccount:123456789-compute@developer.gserviceaccount.com",
    }),
    ...wrongValues(
      "security-plain-secret",
      EU,
      `${C}.env`,
      [{ name: "DB_PASSWORD", value: "hunter2" }],
      [{ name: "API_KEY", value: "abc" }],
      [{ name: "SIGNING_KEY", value: "c2VjcmV0LXZhbHVlLTEyMzQ1" }],
      [{ name: "SETTING", value: `AIza${"x".repeat(35)}` }],
      [{ name: "DATABASE_URL", value: "postgres://app:pa55@db/app" }],
    ).map((each) => ({ ...each, at: `${C}.env.value` })),
    ...wrongValues("security-plain-secret", EU, `${C}.args`, ["--api-key=s3cr3tvalue"], [`sk-${"a".repeat(30)}`]),
    grant("security-plain-secret", "google_compute_instance", {
      name: "gpu",
      machine_type: "g2-standard-4",
      metadata: { "hf-token": `hf_${"a".repeat(34)}` },
    }),
    grant("security-secret-literal", "google_secret_manager_secret_version", {
      secret: "projects/p/secrets/s",
      secret_data: "hunter2",
    }),
    grant("security-secret-literal", "google_compute_ssl_certificate", {
      name: "own",
      certificate: "${var.chain}",
      private_key: "-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----",
    }),
    grant("security-secret-literal", "google_certificate_manager_certificate", {
      name: "own",
      self_managed: { pem_certificate: "${var.chain}", pem_private_key: "-----BEGIN PRIVATE KEY-----\nMIG" },
    }),
    {
      rule: "security-secret-literal",
      address: "google_compute_backend_service.api",
      at: "iap.oauth2_client_secret",
      set: [
        "iap",
        { enabled: false, oauth2_client_id: "1-a.apps.googleusercontent.com", oauth2_client_secret: "GOCSPX" },
      ],
    },
    ...wrongValues("security-image-digest", EU, `${C}.image`, "docker.io/ollama/ollama:0.12.3"),
    {
      rule: "security-image-digest",
      address: EU,
      change: (document) => {
        const eu = resourceAt(document, EU);
        eu.deletion_protection = false;
        (eu.template as { containers: Json[] }).containers[0]!.image = "docker.io/ollama/ollama";
      },
    },
    {
      rule: "security-plain-http",
      address: "google_compute_global_forwarding_rule.http",
      also: ["reach-ip-versions"],
      change: adding({
        "google_compute_target_http_proxy.http": {
          name: "http",
          url_map: "${google_compute_url_map.main.id}",
          lifecycle: { create_before_destroy: true },
        },
        "google_compute_global_forwarding_rule.http": {
          name: "http",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          ip_address: "${google_compute_global_address.v4.address}",
          port_range: "80",
          target: "${google_compute_target_http_proxy.http.id}",
        },
      }),
    },
    ...wrongValues("tls-min-tls-version-old", POLICY, "min_tls_version", "TLS_1_0", "TLS_1_1"),
    ...wrongValues("tls-profile-modern", POLICY, "profile", "COMPATIBLE", undefined),
    ...wrongValues("proxy-ssl-policy", "google_compute_target_https_proxy.main", "ssl_policy", undefined),
    ...wrongValues("backend-logging", "google_compute_backend_service.api", "log_config.enable", false),
    ...wrongValues("backend-logging", "google_compute_backend_service.api", "log_config.sample_rate", 0),
  ],
  ruleFacts().flatMap(({ id }) => (id.startsWith("security-") ? [id] : [])),
);

const variables = (env: Json[]) => (document: Json) => {
  (resourceAt(document, US).template as { containers: Json[] }).containers[0]!.env = env;
};

const silent: readonly (readonly [string, (document: Json) => void])[] = [
  [
    "secrets that come from Secret Manager or Terraform",
    variables([
      { name: "API_KEY", value_source: {} },
      { name: "DB_PASSWORD", value: "${var.password}" },
    ]),
  ],
  [
    "numbers, paths and tokens of a model",
    variables([
      { name: "MAX_TOKENS", value: "4096" },
      { name: "EOS_TOKEN", value: "</s>" },
      { name: "TLS_PRIVATE_KEY", value: "/secrets/key.pem" },
      { name: "PARTITION_KEY", value: "user_id" },
      { name: "API_TOKEN", value: "" },
      { name: "OAUTH_CLIENT_SECRET", value: "projects/p/secrets/oauth" },
    ]),
  ],
  [
    "a person who is owner",
    adding({ "google_project_iam_member.x": { project: "p", role: "roles/owner", member: "user:a@example.com" } }),
  ],
  [
    "an administrator of one bucket",
    adding({ "google_storage_bucket_iam_member.x": { bucket: "b", role: "roles/storage.objectAdmin", member: ROBOT } }),
  ],
  [
    "an agent of Google's that makes tokens",
    adding({
      "google_project_iam_member.x": {
        project: "p",
        role: "roles/iam.serviceAccountTokenCreator",
        member: "serviceAccount:service-123@gcp-sa-pubsub.iam.gserviceaccount.com",
      },
    }),
  ],
  [
    "a placeholder as the first version of a secret",
    adding({
      "google_secret_manager_secret_version.x": {
        secret: "projects/p/secrets/s",
        secret_data: "placeholder: add a version",
      },
    }),
  ],
  [
    "a private key by reference",
    adding({
      "google_compute_ssl_certificate.x": { name: "own", certificate: "${var.chain}", private_key: "${var.key}" },
    }),
  ],
  [
    "an image that Terraform computes",
    (document) => {
      (resourceAt(document, EU).template as { containers: Json[] }).containers[0]!.image = "${var.image}";
    },
  ],
  [
    "metadata that is a start script",
    adding({ [TEMPLATE]: { name: "gpu", metadata: { "startup-script": "#!/bin/sh\necho hi" } } }),
  ],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = servingPath();
  change(document);
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("security-"))).toEqual([]);
});

test("keeps the value of a secret out of the report", () => {
  const document = servingPath();
  variables([{ name: "DB_PASSWORD", value: "hunter2" }])(document);
  expect(JSON.stringify(findingsOf(document))).not.toContain("hunter2");
});

test("says nothing of port 80 that redirects", () => {
  const document = servingPath();
  adding({
    "google_compute_url_map.redirect": {
      name: "redirect",
      default_url_redirect: { https_redirect: true, strip_query: false, redirect_response_code: "PERMANENT_REDIRECT" },
      lifecycle: { create_before_destroy: true },
    },
    "google_compute_target_http_proxy.http": { name: "http", url_map: "${google_compute_url_map.redirect.id}" },
    "google_compute_global_forwarding_rule.http": {
      name: "http",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      port_range: "80",
      target: "${google_compute_target_http_proxy.http.id}",
    },
  })(document);
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("security-"))).toEqual([]);
});
