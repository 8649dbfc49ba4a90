import { cryptoKey, RFC1035 } from "./formats";
import { fulfilling, integer, items, length, matching, not, oneOf, set, unset } from "./limit";
import { exactlyOne, resourceType, unique, when } from "./resource-type";
import { api, page, provider, unconfirmed } from "./source";

const registry = api("Artifact Registry API v1");
const REPOSITORY = provider("google_artifact_registry_repository 7.45.0");
const CLEANUP = page("artifact-registry/docs/repositories/cleanup-policy-overview");
const REMOTE = "remote_repository_config";
const VIRTUAL = "virtual_repository_config";

/** Artifact Registry's multi-regions (docs.cloud.google.com/artifact-registry/docs/repositories/repo-locations, read 2026-11-22). */
export const MULTI_REGIONS: readonly string[] = ["us", "europe", "asia"];

/** The provider does not mind the case. */
const FORMATS = /^(DOCKER|MAVEN|NPM|PYTHON|APT|YUM|GO|KFP|GENERIC|GOOGET|RUBY)$/i;
const ofFormat = (format: string) => fulfilling(JSON.stringify(format), (value) => !FORMATS.test(String(value)) || String(value).toUpperCase() === format, { allowed: [format] });

export const repositoryLocation = matching(new RegExp(`^(${MULTI_REGIONS.join("|")}|[a-z]+(-[a-z]+)+\\d+)$`), "a region, us, europe or asia").fix(
  "name a region, or one of us, europe and asia",
  REPOSITORY,
);

export const repositoryFormat = matching(FORMATS, "DOCKER, MAVEN, NPM, PYTHON, APT, YUM, GO, KFP, GENERIC, GOOGET or RUBY")
  .required()
  .fix("use DOCKER for container images", registry("Repository.format"));

const age = matching(/^\d+[smhd]$/, 'a duration in seconds, minutes, hours or days, such as "30d"').fix('write it like "30d"', REPOSITORY);

/** The formats of which a remote repository caches the public registry. */
const SOURCES = ["APT", "DOCKER", "MAVEN", "NPM", "PYTHON", "YUM"];
const sourceOf = (format: string) => `${format.toLowerCase()}_repository`;

export const artifactRegistryRepository = resourceType("google_artifact_registry_repository", {
  group: "registry",
  name: {
    attribute: "repository_id",
    format: RFC1035.required().fix("respell the ID: it is part of the address of each image", unconfirmed("docs.cloud.google.com/artifact-registry/docs/repositories/create-repos")),
    uniqueIn: ["location"],
  },
  labels: "labels",
  replacedBy: ["location", "repository_id", "format", "mode", "kms_key_name", REMOTE],
  keptWhenUnset: ["vulnerability_scanning_config"],
  defaults: { mode: "STANDARD_REPOSITORY", "cleanup_policies.condition.tag_state": "ANY" },
  limits: {
    location: repositoryLocation,
    format: repositoryFormat,
    kms_key_name: cryptoKey.from(registry("Repository.kmsKeyName")),
    cleanup_policies: items(0, 10).fix("merge policies by their prefixes", CLEANUP),
    "cleanup_policies.id": length(1, 127).required().fix("give the policy a name of less than 128 characters", REPOSITORY),
    "cleanup_policies.action": oneOf("DELETE", "KEEP").required().fix("set DELETE or KEEP", registry("CleanupPolicy.action")),
    "cleanup_policies.condition.older_than": age,
    "cleanup_policies.condition.newer_than": age,
    "cleanup_policies.most_recent_versions.keep_count": integer(1).fix("keep at least one version", registry("CleanupPolicyMostRecentVersions.keepCount")),
    [`${VIRTUAL}.upstream_policies`]: items(1).fix("name at least one upstream repository", registry("VirtualRepositoryConfig.upstreamPolicies")),
    [`${VIRTUAL}.upstream_policies.repository`]: matching(/^projects\/[^/]+\/locations\/[^/]+\/repositories\/[^/]+$/, "projects/PROJECT/locations/LOCATION/repositories/REPOSITORY")
      .refs({ google_artifact_registry_repository: "id name" })
      .fix("use google_artifact_registry_repository.NAME.id", registry("UpstreamPolicy.repository")),
    [`${REMOTE}.common_repository.uri`]: matching(
      /^(https:\/\/\S+|projects\/[^/]+\/locations\/[^/]+\/repositories\/[^/]+)$/,
      "an address with https://, or projects/PROJECT/locations/LOCATION/repositories/REPOSITORY",
    )
      .required()
      .fix("write the address of the registry with https://, such as https://ghcr.io", REPOSITORY),
    [`${REMOTE}.docker_repository.custom_repository.uri`]: matching(/^https:\/\/\S+$/, "an address with https://").fix("use common_repository.uri, which has replaced it", REPOSITORY),
    [`${REMOTE}.upstream_credentials.username_password_credentials.username`]: set()
      .why("Artifact Registry cannot sign in with a password alone: creating the repository fails, or each pull of what is not cached does.")
      .fix("set username and password_secret_version", page("artifact-registry/docs/repositories/configure-remote-authentication")),
    [`${REMOTE}.upstream_credentials.username_password_credentials.password_secret_version`]: matching(
      /^projects\/[^/]+\/secrets\/[^/]+\/versions\/[^/]+$/,
      "projects/PROJECT/secrets/SECRET/versions/VERSION",
    )
      .required()
      .refs({ google_secret_manager_secret_version: "name id" })
      .fix("use google_secret_manager_secret_version.NAME.name", REPOSITORY),
  },
  alternatives: [
    exactlyOne(["COMMON", ...SOURCES].map(sourceOf).join(" "), { in: REMOTE, id: "remote-source" }).fix(
      "keep the source of this format, or common_repository",
      provider("google_artifact_registry_repository 7.45.0", "validate"),
    ),
  ],
  unique: [
    unique("cleanup_policies.id", { id: "cleanup-unique" }).why("Of two policies with one ID only one is kept.").fix("give each policy an ID of its own", CLEANUP),
    unique("upstream_policies.id", { in: VIRTUAL, id: "upstream-unique" }).fix("give each upstream an ID of its own", page("artifact-registry/docs/repositories/virtual-repo")),
  ],
  together: [
    when({ mode: "REMOTE_REPOSITORY" }, { [REMOTE]: set() }, { id: "mode-remote" }).fix("add remote_repository_config", registry("Repository.mode")),
    when({ mode: not("REMOTE_REPOSITORY") }, { [REMOTE]: unset() }, { id: "mode-not-remote" }).fix('set mode = "REMOTE_REPOSITORY", or remove the block', registry("Repository.mode")),
    when({ mode: not("VIRTUAL_REPOSITORY") }, { [VIRTUAL]: unset() }, { id: "mode-not-virtual" }).fix('set mode = "VIRTUAL_REPOSITORY", or remove the block', registry("Repository.mode")),
    ...SOURCES.map((format) =>
      when({ [`${REMOTE}.${sourceOf(format)}`]: set() }, { format: ofFormat(format) }, { id: `remote-${format.toLowerCase()}` }).fix(
        "use the source of this format, or common_repository",
        registry("RemoteRepositoryConfig"),
      ),
    ),
    when({ docker_config: set() }, { format: ofFormat("DOCKER") }, { id: "docker-config" }).fix("remove docker_config, or change format", registry("Repository.dockerConfig")),
    when({ maven_config: set() }, { format: ofFormat("MAVEN") }, { id: "maven-config" }).fix("remove maven_config, or change format", registry("Repository.mavenConfig")),
    when({ most_recent_versions: set() }, { condition: unset(), action: not("DELETE") }, { in: "cleanup_policies", id: "cleanup-recent" }).fix(
      "write one policy for each; most_recent_versions only keeps",
      CLEANUP,
    ),
    when({ tag_prefixes: set() }, { tag_state: not("UNTAGGED") }, { in: "cleanup_policies.condition", id: "cleanup-tags" })
      .why("A version without a tag has no prefix: the policy matches nothing.")
      .fix('set tag_state = "TAGGED"', registry("CleanupPolicyCondition.tagPrefixes")),
    when(
      {
        action: "DELETE",
        condition: set(),
        "condition.tag_state": "ANY",
        "condition.newer_than": unset(),
        "condition.tag_prefixes": unset(),
        "condition.version_name_prefixes": unset(),
        "condition.package_name_prefixes": unset(),
      },
      { "condition.older_than": set() },
      { in: "cleanup_policies", id: "cleanup-all", title: "a cleanup policy that deletes must say of which age, tag or name" },
    )
      .advice("It deletes every version, the one that serves included, unless a policy with KEEP saves it.")
      .fix('set older_than, or tag_state = "UNTAGGED", and keep the newest with most_recent_versions', CLEANUP),
    when({ cleanup_policies: set() }, { cleanup_policy_dry_run: not(true) }, { id: "cleanup-dry-run" })
      .advice("Nothing is deleted during a dry run, which is how one begins.")
      .fix("look at the audit log, then set cleanup_policy_dry_run = false", registry("Repository.cleanupPolicyDryRun")),
    when({ mode: ["REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY"] }, { "docker_config.immutable_tags": not(true) }, { id: "remote-immutable" })
      .advice("A cache has the tags of its upstream, which move there.")
      .fix("remove docker_config, and name images by digest", page("artifact-registry/docs/repositories/remote-overview")),
    when({ upstream_credentials: unset() }, { disable_upstream_validation: not(true) }, { in: REMOTE, id: "remote-unvalidated" })
      .advice("A misspelt address or password is noticed only when someone pulls.")
      .fix("remove disable_upstream_validation once the password is there", REPOSITORY),
  ],
});

const ATTESTORS = provider("google_binary_authorization_policy 7.45.0");
const ADMISSION = ["default_admission_rule", "cluster_admission_rules"];

export const admittedImages = matching(/^[^*\s/]+\/[^*\s]*\*{0,2}$/, "a registry, a slash and a path, with * or ** at the end only").fix(
  'write it like "europe-docker.pkg.dev/PROJECT/REPOSITORY/**"',
  page("binary-authorization/docs/policy-yaml-reference"),
);

const attestor = matching(/^(projects\/[^/]+\/attestors\/)?[A-Za-z0-9_-]+$/, "projects/PROJECT/attestors/NAME").fix(
  "use google_binary_authorization_attestor.NAME.name, or the full name in another project",
  ATTESTORS,
);

const binaryAuthorizationPolicy = resourceType("google_binary_authorization_policy", {
  group: "binauthz",
  replacedBy: [],
  keptWhenUnset: ["global_policy_evaluation_mode"],
  limits: { "admission_whitelist_patterns.name_pattern": admittedImages, ...Object.fromEntries(ADMISSION.map((rule) => [`${rule}.require_attestations_by[]`, attestor])) },
  together: ADMISSION.flatMap((rule) => [
    when({ evaluation_mode: "REQUIRE_ATTESTATION" }, { require_attestations_by: set() }, { in: rule, id: "attestors" }).fix("name at least one attestor", ATTESTORS),
    when({ evaluation_mode: not("REQUIRE_ATTESTATION") }, { require_attestations_by: unset() }, { in: rule, id: "attestors-unused" }).fix(
      'set evaluation_mode = "REQUIRE_ATTESTATION", or name no attestor',
      ATTESTORS,
    ),
  ]),
});

export const registryTypes = [
  artifactRegistryRepository,
  binaryAuthorizationPolicy,
  resourceType("google_binary_authorization_attestor", { group: "binauthz", name: { uniqueIn: [] }, replacedBy: ["name", "attestation_authority_note.note_reference"] }),
  resourceType("google_container_analysis_note", { group: "binauthz", name: { uniqueIn: [] }, replacedBy: ["name"] }),
];
