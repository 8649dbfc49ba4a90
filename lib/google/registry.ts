import { blocksIn, cryptoKey, RFC1035 } from "./formats";
import { at, fulfilling, integer, items, length, matching, not, oneOf, set, unset } from "./limit";
import { atMostOne, exactlyOne, resourceType, unique, when } from "./resource-type";
import { api, page, provider, unconfirmed } from "./source";

const registry = api("Artifact Registry API v1");
const REPOSITORY = provider("google_artifact_registry_repository 7.45.0");
const VALIDATED = provider("google_artifact_registry_repository 7.45.0", "validate");
const CLEANUP = page("artifact-registry/docs/repositories/cleanup-policy-overview");
const CREATE = unconfirmed("docs.cloud.google.com/artifact-registry/docs/repositories/create-repos");
const PATTERNS = page("binary-authorization/docs/policy-yaml-reference");
const REMOTE = "remote_repository_config";
const VIRTUAL = "virtual_repository_config";

/**
 * Artifact Registry's multi-regions
 * (docs.cloud.google.com/artifact-registry/docs/repositories/repo-locations, read 2026-11-22).
 */
export const MULTI_REGIONS: readonly string[] = ["us", "europe", "asia"];

/** The provider does not mind the case. */
const FORMATS = /^(DOCKER|MAVEN|NPM|PYTHON|APT|YUM|GO|KFP|GENERIC|GOOGET|RUBY)$/i;
const isFormat = (format: string) => (value: unknown) => !FORMATS.test(String(value)) || String(value).toUpperCase() === format;
const ofFormat = (block: string, format: string, id: string, source: string) =>
  when({ [block]: set() }, { format: fulfilling(JSON.stringify(format), isFormat(format)) }, { id }).fix("remove the block, or change format", registry(source));

export const repositoryLocation = matching(new RegExp(`^(${MULTI_REGIONS.join("|")}|[a-z]+(-[a-z]+)+\\d+)$`), "a region, us, europe or asia").fix("name one of them", REPOSITORY);

export const repositoryFormat = matching(FORMATS, "DOCKER, MAVEN, NPM, PYTHON, APT, YUM, GO, KFP, GENERIC, GOOGET or RUBY")
  .required()
  .fix("use DOCKER for container images", registry("Repository.format"));

const repositoryPath = /^projects\/[^/]+\/locations\/[^/]+\/repositories\/[^/]+$/;
const upstream = matching(repositoryPath, "projects/PROJECT/locations/LOCATION/repositories/REPOSITORY").fix("use google_artifact_registry_repository.NAME.id", registry("UpstreamPolicy.repository"));
const SIGN_IN = page("artifact-registry/docs/repositories/configure-remote-authentication");
const passwordVersion = matching(/^projects\/[^/]+\/secrets\/[^/]+\/versions\/[^/]+$/, "projects/PROJECT/secrets/SECRET/versions/VERSION").fix("use the name of a secret version", REPOSITORY);
const remoteUri = fulfilling("an address with https://, or a repository's id", (uri) => /^https:\/\/\S+$/.test(String(uri)) || repositoryPath.test(String(uri)), { refused: ["ghcr.io"] });
const age = matching(/^\d+[smhd]$/, 'a duration in seconds, minutes, hours or days, such as "30d"').fix('write it like "30d"', REPOSITORY);

/** The formats of which a remote repository caches the public registry. */
const SOURCES = ["APT", "DOCKER", "MAVEN", "NPM", "PYTHON", "YUM"];
const NARROWING = ["newer_than", "tag_prefixes", "version_name_prefixes", "package_name_prefixes"];
const sourceOf = (format: string) => `${format.toLowerCase()}_repository`;
const deletes = (policies: unknown) => blocksIn(policies).some(({ action }) => action !== "KEEP");

const artifactRegistryRepository = resourceType("google_artifact_registry_repository", {
  group: "registry",
  holds: "images",
  name: { attribute: "repository_id", format: RFC1035.required().fix("respell the ID: it is part of the address of each image", CREATE), uniqueIn: ["location"] },
  labels: "labels",
  replacedBy: ["location", "repository_id", "format", "mode", "kms_key_name", "maven_config.allow_snapshot_overwrites", "maven_config.version_policy", REMOTE],
  keptWhenUnset: ["vulnerability_scanning_config"],
  defaults: { mode: "STANDARD_REPOSITORY", "cleanup_policies.condition.tag_state": "ANY" },
  limits: {
    location: repositoryLocation,
    format: repositoryFormat,
    kms_key_name: cryptoKey.from(registry("Repository.kmsKeyName")),
    cleanup_policies: [
      items(0, 10).fix("merge policies by their prefixes", CLEANUP),
      fulfilling("a list with one that deletes", deletes, { shape: true })
        .named("keep-only")
        .fix("add one with action DELETE", CLEANUP)
        .advice("Nothing is deleted without one, so nothing needs to be kept."),
    ],
    "cleanup_policies.id": length(1, 127).required().fix("give the policy a name of less than 128 characters", REPOSITORY),
    "cleanup_policies.action": oneOf("DELETE", "KEEP").required().fix("set DELETE or KEEP", registry("CleanupPolicy.action")),
    "cleanup_policies.condition.older_than": age,
    "cleanup_policies.condition.newer_than": age,
    "cleanup_policies.most_recent_versions.keep_count": integer(1).fix("keep at least one version", registry("CleanupPolicyMostRecentVersions.keepCount")),
    [`${VIRTUAL}.upstream_policies`]: items(1).fix("name at least one upstream repository", registry("VirtualRepositoryConfig.upstreamPolicies")),
    [`${VIRTUAL}.upstream_policies.repository`]: upstream.refs({ google_artifact_registry_repository: "id name" }),
    ...at(REMOTE, {
      "common_repository.uri": remoteUri.required().fix("write the address of the registry with https://, such as https://ghcr.io", REPOSITORY),
      "docker_repository.custom_repository.uri": matching(/^https:\/\/\S+$/, "an address with https://").fix("use common_repository.uri, which has replaced it", REPOSITORY),
    }),
    ...at(`${REMOTE}.upstream_credentials.username_password_credentials`, {
      username: set().why("Artifact Registry cannot sign in with a password alone: creating it fails, or each pull.").fix("set username and password_secret_version", SIGN_IN),
      password_secret_version: passwordVersion.required().refs({ google_secret_manager_secret_version: "name id" }),
    }),
  },
  alternatives: [
    exactlyOne(["COMMON", ...SOURCES].map(sourceOf).join(" "), { in: REMOTE, id: "remote-source" }).fix("keep the source of this format", VALIDATED),
    ...["DOCKER", "MAVEN", "NPM", "PYTHON"].map((format) =>
      atMostOne("public_repository custom_repository", { in: `${REMOTE}.${sourceOf(format)}`, id: "remote-upstream" }).fix("keep one of them, or use common_repository", VALIDATED),
    ),
  ],
  unique: [
    unique("cleanup_policies.id", { id: "cleanup-unique" }).why("Of two policies with one ID only one is kept.").fix("rename one", CLEANUP),
    unique("upstream_policies.id", { in: VIRTUAL, id: "upstream-unique" }).fix("rename one", page("artifact-registry/docs/repositories/virtual-repo")),
  ],
  together: [
    when({ mode: "REMOTE_REPOSITORY" }, { [REMOTE]: set() }, { id: "mode-remote" }).fix("add remote_repository_config", registry("Repository.mode")),
    ...[[REMOTE, "REMOTE"] as const, [VIRTUAL, "VIRTUAL"] as const].map(([block, mode]) =>
      when({ mode: not(`${mode}_REPOSITORY`) }, { [block]: unset() }, { id: `mode-not-${mode.toLowerCase()}` }).fix("change mode, or remove the block", registry("Repository.mode")),
    ),
    ...SOURCES.map((format) => ofFormat(`${REMOTE}.${sourceOf(format)}`, format, `remote-${format.toLowerCase()}`, "RemoteRepositoryConfig")),
    ofFormat("docker_config", "DOCKER", "docker-config", "Repository.dockerConfig"),
    ofFormat("maven_config", "MAVEN", "maven-config", "Repository.mavenConfig"),
    when({ most_recent_versions: set() }, { condition: unset(), action: not("DELETE") }, { in: "cleanup_policies", id: "cleanup-recent" }).fix("write one policy for each", CLEANUP),
    when({ tag_prefixes: set() }, { tag_state: not("UNTAGGED") }, { in: "cleanup_policies.condition", id: "cleanup-tags" })
      .why("A version without a tag has no prefix: the policy matches nothing.")
      .fix('set tag_state = "TAGGED"', registry("CleanupPolicyCondition.tagPrefixes")),
    when(
      { action: "DELETE", condition: set(), "condition.tag_state": "ANY", ...Object.fromEntries(NARROWING.map((name) => [`condition.${name}`, unset()])) },
      { "condition.older_than": set() },
      { in: "cleanup_policies", id: "cleanup-all", title: "a cleanup policy that deletes must say of which age, tag or name" },
    )
      .advice("It deletes every version, the one that serves included, unless a policy with KEEP saves it.")
      .fix('set older_than, or tag_state = "UNTAGGED"', CLEANUP),
    when({ cleanup_policies: set() }, { cleanup_policy_dry_run: not(true) }, { id: "cleanup-dry-run" })
      .advice("Nothing is deleted during a dry run, which is how one begins.")
      .fix("then set cleanup_policy_dry_run = false", registry("Repository.cleanupPolicyDryRun")),
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
  "write it like europe-docker.pkg.dev/PROJECT/REPOSITORY/**",
  PATTERNS,
);

const attestor = matching(/^(projects\/[^/]+\/attestors\/)?[A-Za-z0-9_-]+$/, "projects/PROJECT/attestors/NAME").fix("use google_binary_authorization_attestor.NAME.name", ATTESTORS);

const binaryAuthorizationPolicy = resourceType("google_binary_authorization_policy", {
  group: "binauthz",
  replacedBy: [],
  keptWhenUnset: ["global_policy_evaluation_mode"],
  limits: { "admission_whitelist_patterns.name_pattern": admittedImages, ...Object.fromEntries(ADMISSION.map((rule) => [`${rule}.require_attestations_by[]`, attestor])) },
  together: ADMISSION.flatMap((rule) => [
    when({ evaluation_mode: "REQUIRE_ATTESTATION" }, { require_attestations_by: set() }, { in: rule, id: "attestors" }).fix("name at least one attestor", ATTESTORS),
    when({ evaluation_mode: not("REQUIRE_ATTESTATION") }, { require_attestations_by: unset() }, { in: rule, id: "attestors-unused" }).fix("name no attestor", ATTESTORS),
  ]),
});

export const registryTypes = [
  artifactRegistryRepository,
  binaryAuthorizationPolicy,
  resourceType("google_binary_authorization_attestor", { group: "binauthz", name: { uniqueIn: [] }, replacedBy: ["name", "attestation_authority_note.note_reference"] }),
  resourceType("google_container_analysis_note", { group: "binauthz", name: { uniqueIn: [] }, replacedBy: ["name"] }),
];
