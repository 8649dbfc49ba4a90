import { integer, items, length, limit, matching, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";

const REPOSITORY = "google_artifact_registry_repository";
const API = "Artifact Registry API v1";
const READ = "read 2026-11-22";
const PROVIDER = "schema of google 7.45.0: terraform validate says so too, but later";
const AGE = matching(/^\d+[smhd]$/, 'a duration in seconds, minutes, hours or days, such as "30d"');
const AGE_SOURCE = "parser of durations in google 7.45.0, resource_artifact_registry_repository.go, read 2026-11-22";
const REMOTE = "remote_repository_config";

/** What single attributes of repositories may be. */
export const registryLimitRules: readonly Rule[] = [
  limit(
    "registry-id",
    REPOSITORY,
    "repository_id",
    {
      ...matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and hyphens"),
      required: true,
    },
    "respell the ID: it is part of the address of each image",
    "docs.cloud.google.com/artifact-registry/docs/repositories/create-repos, from general knowledge, 2026-11",
  ),
  limit(
    "registry-location",
    REPOSITORY,
    "location",
    matching(/^(us|europe|asia|[a-z]+(-[a-z]+)+\d+)$/, "a region, us, europe or asia"),
    "name a region, or one of us, europe and asia",
    "provider documentation of google_artifact_registry_repository 7.45.0, location",
  ),
  limit(
    "registry-format",
    REPOSITORY,
    "format",
    {
      ...oneOf("DOCKER", "MAVEN", "NPM", "PYTHON", "APT", "YUM", "GO", "KFP", "GENERIC", "GOOGET", "RUBY"),
      holds: (value) => /^(DOCKER|MAVEN|NPM|PYTHON|APT|YUM|GO|KFP|GENERIC|GOOGET|RUBY)$/i.test(String(value)),
      required: true,
    },
    "use DOCKER for container images",
    `${API}, Repository.format, ${READ}`,
  ),
  limit(
    "registry-mode",
    REPOSITORY,
    "mode",
    oneOf("STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"),
    "leave it out for a repository that you push to",
    PROVIDER,
  ),
  limit(
    "registry-key",
    REPOSITORY,
    "kms_key_name",
    matching(
      /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
      "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
    ),
    "use google_kms_crypto_key.NAME.id",
    `${API}, Repository.kmsKeyName, ${READ}`,
  ),
  limit(
    "registry-scanning",
    REPOSITORY,
    "vulnerability_scanning_config.enablement_config",
    oneOf("INHERITED", "DISABLED"),
    "use INHERITED",
    PROVIDER,
  ),
  limit(
    "registry-maven-policy",
    REPOSITORY,
    "maven_config.version_policy",
    oneOf("VERSION_POLICY_UNSPECIFIED", "RELEASE", "SNAPSHOT"),
    "use RELEASE or SNAPSHOT",
    PROVIDER,
  ),
  limit(
    "registry-cleanup-id",
    REPOSITORY,
    "cleanup_policies.id",
    { ...length(1, 127), required: true },
    "give the policy a name of less than 128 characters",
    "provider documentation of google_artifact_registry_repository 7.45.0, cleanup_policies",
  ),
  limit(
    "registry-cleanup-action",
    REPOSITORY,
    "cleanup_policies.action",
    { ...oneOf("DELETE", "KEEP"), required: true },
    "set DELETE or KEEP",
    `${API}, CleanupPolicy.action, ${READ}`,
  ),
  limit(
    "registry-cleanup-tag-state",
    REPOSITORY,
    "cleanup_policies.condition.tag_state",
    oneOf("TAGGED", "UNTAGGED", "ANY"),
    "use TAGGED, UNTAGGED or ANY",
    PROVIDER,
  ),
  limit(
    "registry-cleanup-older",
    REPOSITORY,
    "cleanup_policies.condition.older_than",
    AGE,
    'write it like "30d"',
    AGE_SOURCE,
  ),
  limit(
    "registry-cleanup-newer",
    REPOSITORY,
    "cleanup_policies.condition.newer_than",
    AGE,
    'write it like "30d"',
    AGE_SOURCE,
  ),
  limit(
    "registry-cleanup-keep-count",
    REPOSITORY,
    "cleanup_policies.most_recent_versions.keep_count",
    integer(1),
    "keep at least one version",
    `${API}, CleanupPolicyMostRecentVersions.keepCount, ${READ}`,
  ),
  limit(
    "registry-upstreams",
    REPOSITORY,
    "virtual_repository_config.upstream_policies",
    items(1),
    "name at least one upstream repository",
    `${API}, VirtualRepositoryConfig.upstreamPolicies, ${READ}`,
  ),
  limit(
    "registry-upstream-name",
    REPOSITORY,
    "virtual_repository_config.upstream_policies.repository",
    matching(/^projects\/[^/]+\/locations\/[^/]+\/repositories\/[^/]+$/, "projects/…/locations/…/repositories/…"),
    "use google_artifact_registry_repository.NAME.id",
    `${API}, UpstreamPolicy.repository, ${READ}`,
  ),
  limit(
    "registry-remote-docker",
    REPOSITORY,
    `${REMOTE}.docker_repository.public_repository`,
    oneOf("DOCKER_HUB"),
    "use DOCKER_HUB; for other registries common_repository.uri",
    PROVIDER,
  ),
  limit(
    "registry-remote-npm",
    REPOSITORY,
    `${REMOTE}.npm_repository.public_repository`,
    oneOf("NPMJS"),
    "use NPMJS",
    PROVIDER,
  ),
  limit(
    "registry-remote-python",
    REPOSITORY,
    `${REMOTE}.python_repository.public_repository`,
    oneOf("PYPI"),
    "use PYPI",
    PROVIDER,
  ),
  limit(
    "registry-remote-maven",
    REPOSITORY,
    `${REMOTE}.maven_repository.public_repository`,
    oneOf("MAVEN_CENTRAL"),
    "use MAVEN_CENTRAL",
    PROVIDER,
  ),
  limit(
    "registry-remote-uri",
    REPOSITORY,
    `${REMOTE}.common_repository.uri`,
    {
      ...matching(
        /^(https:\/\/\S+|projects\/[^/]+\/locations\/[^/]+\/repositories\/[^/]+)$/,
        "https://… or projects/…/locations/…/repositories/…",
      ),
      required: true,
    },
    "write the address of the registry with https://, such as https://ghcr.io",
    "provider documentation of google_artifact_registry_repository 7.45.0, common_repository",
  ),
  limit(
    "registry-remote-custom-uri",
    REPOSITORY,
    `${REMOTE}.docker_repository.custom_repository.uri`,
    matching(/^https:\/\/\S+$/, "an address with https://"),
    "use common_repository.uri, which has replaced it",
    "provider documentation of google_artifact_registry_repository 7.45.0, custom_repository",
  ),
  limit(
    "registry-remote-password",
    REPOSITORY,
    `${REMOTE}.upstream_credentials.username_password_credentials.password_secret_version`,
    matching(/^projects\/[^/]+\/secrets\/[^/]+\/versions\/[^/]+$/, "projects/PROJECT/secrets/SECRET/versions/VERSION"),
    "use google_secret_manager_secret_version.NAME.name",
    "provider documentation of google_artifact_registry_repository 7.45.0, password_secret_version",
  ),
];
