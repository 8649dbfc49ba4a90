import { adding, changed, describeGroup, findingsOf, type Json, on, resourceAt, wrongValues } from "./rule-support";

const IMAGES = "google_artifact_registry_repository.images";
const HUB = "google_artifact_registry_repository.hub";
const ALL = "google_artifact_registry_repository.all";
const SERVICE = "google_cloud_run_v2_service.api";
const POLICY = "google_binary_authorization_policy.policy";
const PUSHER = "google_artifact_registry_repository_iam_member.push";
const AGENT = "google_secret_manager_secret_iam_member.hub";
const REMOTE = "remote_repository_config";

function valid(): Json {
  return {
    resource: {
      google_project_service: { run: { service: "run.googleapis.com", disable_on_destroy: false } },
      google_artifact_registry_repository: {
        images: {
          project: "my-project",
          repository_id: "images",
          location: "europe",
          format: "DOCKER",
          kms_key_name: "projects/p/locations/europe/keyRings/r/cryptoKeys/k",
          docker_config: { immutable_tags: true },
          vulnerability_scanning_config: { enablement_config: "INHERITED" },
          cleanup_policies: [
            { id: "old", action: "DELETE", condition: { tag_state: "UNTAGGED", older_than: "30d" } },
            { id: "recent", action: "KEEP", most_recent_versions: { keep_count: 10 } },
          ],
        },
        hub: {
          repository_id: "hub",
          location: "europe-west1",
          format: "docker",
          mode: "REMOTE_REPOSITORY",
          remote_repository_config: {
            docker_repository: { public_repository: "DOCKER_HUB" },
            upstream_credentials: {
              username_password_credentials: {
                username: "me",
                password_secret_version: "projects/p/secrets/${google_secret_manager_secret.hub.secret_id}/versions/1",
              },
            },
          },
        },
        all: {
          repository_id: "all",
          location: "europe-west1",
          format: "DOCKER",
          mode: "VIRTUAL_REPOSITORY",
          virtual_repository_config: {
            upstream_policies: [
              { id: "hub", repository: "${google_artifact_registry_repository.hub.id}", priority: 1 },
              { id: "own", repository: "projects/p/locations/europe-west1/repositories/own", priority: 2 },
            ],
          },
        },
      },
      google_secret_manager_secret: { hub: { secret_id: "hub", replication: { auto: {} } } },
      google_secret_manager_secret_iam_member: {
        hub: {
          secret_id: "${google_secret_manager_secret.hub.secret_id}",
          role: "roles/secretmanager.secretAccessor",
          member: "serviceAccount:service-123456789012@gcp-sa-artifactregistry.iam.gserviceaccount.com",
        },
      },
      google_binary_authorization_policy: {
        policy: {
          admission_whitelist_patterns: [
            { name_pattern: "europe-docker.pkg.dev/my-project/images/**" },
            { name_pattern: "europe-west1-docker.pkg.dev/${google_artifact_registry_repository.hub.project}/hub/**" },
          ],
          default_admission_rule: {
            evaluation_mode: "ALWAYS_DENY",
            enforcement_mode: "ENFORCED_BLOCK_AND_AUDIT_LOG",
          },
        },
      },
      google_cloud_run_v2_service: {
        api: {
          depends_on: ["google_binary_authorization_policy.policy"],
          binary_authorization: { use_default: true },
          name: "api",
          location: "europe-west1",
          deletion_protection: true,
          ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
          template: {
            service_account: "chat@my-project.iam.gserviceaccount.com",
            scaling: { min_instance_count: 0, max_instance_count: 2 },
            containers: [
              { image: `europe-docker.pkg.dev/my-project/images/chat@sha256:${"0123456789abcdef".repeat(4)}` },
            ],
          },
        },
      },
    },
  };
}

/** Encrypts the images by a key that one service account may use. */
const encryptedFor = (account: string) => (document: Json) => {
  adding({
    "google_kms_key_ring.ring": { name: "ring", location: "europe" },
    "google_kms_crypto_key.key": { name: "key", key_ring: "${google_kms_key_ring.ring.id}" },
    "google_kms_crypto_key_iam_member.user": {
      crypto_key_id: "${google_kms_crypto_key.key.id}",
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: `serviceAccount:${account}`,
    },
  })(document);
  resourceAt(document, IMAGES).kms_key_name = "${google_kms_crypto_key.key.id}";
};

/** The service with an image at another host. */
const imageAt = (rule: string, host: string) => ({
  ...wrongValues(rule, SERVICE, "template.containers.0.image", `${host}/my-project/images/api:1`)[0]!,
  also: ["binauthz-image-admitted", "security-image-digest"],
});

describeGroup(
  "registry",
  valid,
  [
    ...["eu", "us-central", "uscentral1"].map((location) => imageAt("registry-host", `${location}-docker.pkg.dev`)),
    imageAt("registry-host-known", "europe-west99-docker.pkg.dev"),
    imageAt("registry-host-gcr", "europe.gcr.io"),
    ...wrongValues("registry-name", IMAGES, "repository_id", "Images", "my_images", "-a", undefined),
    ...wrongValues("registry-location", IMAGES, "location", "eu", "europe-west1-b", "global"),
    ...wrongValues("registry-format", IMAGES, "format", "OCI", undefined),
    ...wrongValues("registry-mode", IMAGES, "mode", "STANDARD"),
    ...wrongValues("registry-kms-key-name", IMAGES, "kms_key_name", "my-key"),
    ...wrongValues("registry-cleanup-policies-id", IMAGES, "cleanup_policies.0.id", "x".repeat(128), undefined),
    ...wrongValues("registry-cleanup-policies-action", IMAGES, "cleanup_policies.0.action", "REMOVE", undefined),
    ...wrongValues(
      "registry-cleanup-policies-condition-tag-state",
      IMAGES,
      "cleanup_policies.0.condition.tag_state",
      "untagged",
    ),
    ...wrongValues(
      "registry-cleanup-policies-condition-older-than",
      IMAGES,
      "cleanup_policies.0.condition.older_than",
      "30 days",
      "4w",
      "1.5d",
    ),
    ...wrongValues(
      "registry-cleanup-policies-condition-newer-than",
      IMAGES,
      "cleanup_policies.0.condition.newer_than",
      "1y",
    ),
    ...wrongValues(
      "registry-virtual-repository-config-upstream-policies-repository",
      ALL,
      "virtual_repository_config.upstream_policies.1.repository",
      "own",
      "${google_artifact_registry_repository.hub.repository_id}",
    ),
    ...on(
      HUB,
      [
        "registry-common-repository-uri",
        REMOTE,
        { common_repository: { uri: "ghcr.io" } },
        `${REMOTE}.common_repository.uri`,
      ],
      [
        "registry-docker-repository-custom-repository-uri",
        `${REMOTE}.docker_repository`,
        { custom_repository: { uri: "x" } },
        `${REMOTE}.docker_repository.custom_repository.uri`,
      ],
    ),
    ...wrongValues(
      "registry-password-secret-version",
      HUB,
      `${REMOTE}.upstream_credentials.username_password_credentials.password_secret_version`,
      "hunter2",
      "projects/p/secrets/hub",
    ),
    ...wrongValues(
      "registry-username",
      HUB,
      `${REMOTE}.upstream_credentials.username_password_credentials.username`,
      undefined,
      "",
    ),

    ...on(
      HUB,
      ["registry-mode-not-remote", "mode", undefined, REMOTE],
      ["registry-mode-not-remote", "mode", "STANDARD_REPOSITORY", REMOTE],
      ["registry-mode-remote", REMOTE, undefined],
      ["registry-remote-source", REMOTE, { description: "hub" }, `${REMOTE}.common_repository`],
      [
        "registry-remote-source",
        `${REMOTE}.common_repository`,
        { uri: "https://ghcr.io" },
        `${REMOTE}.docker_repository`,
      ],
    ),
    ...on(ALL, ["registry-mode-not-virtual", "mode", undefined, "virtual_repository_config"]),
    { rule: "registry-remote-docker", address: HUB, set: ["format", "NPM"], also: ["registry-upstream"] },
    ...["apt", "maven", "npm", "python", "yum"].map(
      (kind) =>
        ({
          rule: `registry-remote-${kind}`,
          address: HUB,
          set: [REMOTE, { [`${kind}_repository`]: {} }],
          at: "format",
        }) as const,
    ),
    { rule: "registry-docker-config", address: IMAGES, set: ["format", "PYTHON"], also: ["registry-image-format"] },
    ...on(IMAGES, ["registry-maven-config", "maven_config", { version_policy: "RELEASE" }, "format"]),
    ...wrongValues("kms-location", IMAGES, "location", "us").map((each) => ({ ...each, at: "kms_key_name" })),
    ...wrongValues("registry-cleanup-unique", IMAGES, "cleanup_policies.1.id", "old"),
    ...wrongValues("registry-upstream-unique", ALL, "virtual_repository_config.upstream_policies.1.id", "hub"),
    ...on(
      IMAGES,
      ["registry-cleanup-recent", "cleanup_policies.1.condition", { older_than: "1d" }],
      ["registry-cleanup-recent", "cleanup_policies.1.action", "DELETE"],
      [
        "registry-cleanup-tags",
        "cleanup_policies.0.condition.tag_prefixes",
        ["v"],
        "cleanup_policies.condition.tag_state",
      ],
      ["registry-cleanup-all", "cleanup_policies.0.condition", {}, "cleanup_policies.condition.older_than"],
      [
        "registry-cleanup-all",
        "cleanup_policies.0.condition",
        { tag_state: "ANY" },
        "cleanup_policies.condition.older_than",
      ],
      ["registry-cleanup-policies-keep-only", "cleanup_policies.0.action", "KEEP", "cleanup_policies"],
      ["registry-cleanup-dry-run", "cleanup_policy_dry_run", true],
      ["registry-cleanup-immutable", "cleanup_policies.0.condition.tag_state", "TAGGED"],
    ),
    {
      rule: "registry-upstream",
      address: ALL,
      set: ["format", "NPM"],
      at: "virtual_repository_config.upstream_policies.repository",
    },
    ...on(
      HUB,
      ["registry-remote-immutable", "docker_config", { immutable_tags: true }, "docker_config.immutable_tags"],
      [
        "registry-remote-unvalidated",
        REMOTE,
        { docker_repository: { public_repository: "DOCKER_HUB" }, disable_upstream_validation: true },
        `${REMOTE}.disable_upstream_validation`,
      ],
    ),
    changed("registry-agent-access", IMAGES, encryptedFor("build@my-project.iam.gserviceaccount.com")),
    changed("registry-agent-access", HUB, (document) => {
      resourceAt(document, AGENT).member = "serviceAccount:build@my-project.iam.gserviceaccount.com";
    }),
    changed(
      "registry-remote-push",
      PUSHER,
      adding({
        [PUSHER]: {
          location: "europe-west1",
          repository: "${google_artifact_registry_repository.hub.repository_id}",
          role: "roles/artifactregistry.writer",
          member: "serviceAccount:build@my-project.iam.gserviceaccount.com",
        },
      }),
    ),
    {
      rule: "registry-image-format",
      address: SERVICE,
      change: (document) => {
        resourceAt(document, IMAGES).format = "NPM";
      },
      also: ["registry-docker-config"],
    },
  ],
  [
    "registry-cleanup-all",
    "registry-cleanup-dry-run",
    "registry-cleanup-immutable",
    "registry-cleanup-policies-keep-only",
    "registry-host-gcr",
    "registry-host-known",
    "registry-name",
    "registry-remote-immutable",
    "registry-remote-push",
    "registry-remote-unvalidated",
  ],
);

describeGroup(
  "binauthz",
  valid,
  [
    ...wrongValues(
      "binauthz-admission-whitelist-patterns-name-pattern",
      POLICY,
      "admission_whitelist_patterns.0.name_pattern",
      "*",
      "gcr.io/*/chat",
      "gcr.io",
    ),
    ...on(
      POLICY,
      ["binauthz-attestors-unused", "default_admission_rule.require_attestations_by", ["qa"]],
      [
        "binauthz-attestors",
        "default_admission_rule.evaluation_mode",
        "REQUIRE_ATTESTATION",
        "default_admission_rule.require_attestations_by",
      ],
      [
        "binauthz-default-admission-rule-require-attestations-by",
        "default_admission_rule",
        {
          evaluation_mode: "REQUIRE_ATTESTATION",
          enforcement_mode: "DRYRUN_AUDIT_LOG_ONLY",
          require_attestations_by: ["a/b"],
        },
        "default_admission_rule.require_attestations_by",
      ],
      [
        "binauthz-cluster-admission-rules-require-attestations-by",
        "cluster_admission_rules",
        {
          cluster: "europe-west1.c",
          evaluation_mode: "REQUIRE_ATTESTATION",
          enforcement_mode: "DRYRUN_AUDIT_LOG_ONLY",
          require_attestations_by: ["a/b"],
        },
        "cluster_admission_rules.require_attestations_by",
      ],
    ),
    ...wrongValues("binauthz-nothing-admitted", POLICY, "admission_whitelist_patterns", undefined, []),
    changed(
      "binauthz-single",
      "google_binary_authorization_policy.other",
      adding({
        "google_binary_authorization_policy.other": {
          default_admission_rule: { evaluation_mode: "ALWAYS_ALLOW", enforcement_mode: "DRYRUN_AUDIT_LOG_ONLY" },
        },
      }),
    ),
    ...wrongValues(
      "binauthz-image-admitted",
      SERVICE,
      "template.containers.0.image",
      "docker.io/acme/chat:1",
      "europe-docker.pkg.dev/my-project/other/chat:1",
    ).map((each) => ({ ...each, also: ["security-image-digest"] })),
    changed("binauthz-image-admitted", SERVICE, (document) => {
      resourceAt(document, POLICY).admission_whitelist_patterns = [
        { name_pattern: "europe-docker.pkg.dev/my-project/*" },
      ];
    }),
    ...wrongValues("binauthz-before-service", SERVICE, "depends_on", []),
    ...wrongValues(
      "run-binary-authorization-breakglass-justification",
      SERVICE,
      "binary_authorization.breakglass_justification",
      "INC-42",
    ),
  ],
  ["binauthz-before-service", "binauthz-nothing-admitted"],
);

test.each([
  ["policies that Terraform computes", { cleanup_policies: "${var.policies}" }],
  ["policies in dynamic blocks", { cleanup_policies: undefined, dynamic: { cleanup_policies: { content: {} } } }],
  [
    "a repository of a computed mode",
    { mode: "${var.mode}", remote_repository_config: { common_repository: { uri: "${var.uri}" } } },
  ],
  ["a repository of another project", { project: "other", format: "NPM", docker_config: undefined }],
  ["a key of a computed place", { kms_key_name: "${var.key}", location: "us" }],
])("says nothing of %s", (_title, values) => {
  const document = valid();
  Object.assign(resourceAt(document, IMAGES), values);
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("registry-"))).toEqual([]);
});

test("says nothing of a key that the service agent may use", () => {
  const document = valid();
  encryptedFor("service-123456789012@gcp-sa-artifactregistry.iam.gserviceaccount.com")(document);
  expect(findingsOf(document)).toEqual([]);
});

test.each([
  ["an image through the cache", SERVICE, "template.containers.0.image", "${var.place}/hub/ollama/ollama:1"],
  [
    "an image of a repository that may be the one",
    SERVICE,
    "template.containers.0.image",
    "europe-west1-docker.pkg.dev/p/hub/a:1",
  ],
  [
    "an image that breaks the glass",
    SERVICE,
    "binary_authorization",
    { use_default: true, breakglass_justification: "x" },
  ],
  ["a service that does not go by it", SERVICE, "binary_authorization", undefined],
  ["a policy that only reports", POLICY, "default_admission_rule.enforcement_mode", "DRYRUN_AUDIT_LOG_ONLY"],
  ["a policy that Terraform computes", POLICY, "admission_whitelist_patterns", "${var.patterns}"],
])("the image policy says nothing of %s", (_title, address, path, value) => {
  const document = valid();
  const body = resourceAt(document, address);
  const segments = path.split(".");
  const last = segments.pop()!;
  const parent = segments.reduce<Json>((block, segment) => block[segment] as Json, body);
  parent[last] = value;
  if (address === POLICY) resourceAt(document, SERVICE).template = { containers: [{ image: "docker.io/acme/chat:1" }] };
  expect(findingsOf(document).filter(({ rule }) => rule === "binauthz-image-admitted")).toEqual([]);
});

const hostsIn = (values: Json) =>
  findingsOf({ resource: values })
    .filter(({ rule }) => rule.startsWith("registry-host"))
    .map(({ rule, attribute, message }) => [rule, attribute, /did you mean [^?]*\?/.exec(message)?.[0]]);

test.each([
  ["docker_image", { name: "eu-docker.pkg.dev/p/r/a:1" }, "name"],
  ["docker_registry_image", { name: "eu-docker.pkg.dev/p/r/a:1" }, "name"],
  ["docker_tag", { source_image: "a:1", target_image: "eu-docker.pkg.dev/p/r/a:1" }, "target_image"],
  [
    "google_compute_instance_template",
    { metadata: { "user-data": "#cloud-config\nExecStart=docker run eu-docker.pkg.dev/p/r/a:1" } },
    "metadata.user-data",
  ],
])("a host that there cannot be in %s", (type, values, at) => {
  expect(hostsIn({ [type]: { x: values } })).toEqual([["registry-host", at, "did you mean europe-docker.pkg.dev?"]]);
});

test("says which host is meant", () => {
  const image = (host: string) => hostsIn({ docker_image: { x: { name: `${host}/p/r/a:1` } } })[0]?.[2];
  expect(image("uscentral1-docker.pkg.dev")).toBe("did you mean us-central1-docker.pkg.dev?");
  expect(image("europ-docker.pkg.dev")).toBe("did you mean europe-docker.pkg.dev?");
  expect(image("euro.gcr.io")).toBe("did you mean eu.gcr.io?");
});

test("says nothing of hosts that there are, of expressions, and of paths that look like hosts", () => {
  const hosts = ["europe-docker.pkg.dev", "us-east1-docker.pkg.dev", "gcr.io", "us.gcr.io", "mirror.gcr.io"];
  const names = [...hosts, "${var.location}-docker.pkg.dev", "docker.io/x/eu-docker.pkg.dev", "my-gcr.io.example.com"];
  expect(
    hostsIn({ docker_image: Object.fromEntries(names.map((host, index) => [`i${index}`, { name: `${host}/p/a:1` }])) }),
  ).toEqual([]);
});
