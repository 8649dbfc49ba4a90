import { blockOf } from "../../topology/document";
import { iamOf } from "../../topology/iam";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, textOf } from "../../topology/value";
import { nested } from "../cloud-run/cloud-run-workload";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";
import { repositories } from "./registry-cleanup";

const REPOSITORY = "google_artifact_registry_repository";
const SECRET_VERSION = "google_secret_manager_secret_version";
const SECRET = "google_secret_manager_secret";
const READ = "read 2026-11-22";
const REMOTE = `docs.cloud.google.com/artifact-registry/docs/repositories/remote-overview, ${READ}`;
const AUTHENTICATION = `docs.cloud.google.com/artifact-registry/docs/repositories/configure-remote-authentication, ${READ}`;
const AGENT = "gcp-sa-artifactregistry.iam.gserviceaccount.com";
const PUSH = /^roles\/artifactregistry\.(writer|repoAdmin|createOnPush\w+)$/;

/** Repositories that only pass on what others hold. */
function readOnly(topology: Topology): Place[] {
  return repositories(topology).filter(({ block }) =>
    ["REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY"].includes(textOf(block.mode) ?? ""),
  );
}

function configs(topology: Topology): Place[] {
  return repositories(topology).flatMap((repository) => nested(repository, "remote_repository_config"));
}

function credentials(topology: Topology): Place[] {
  return configs(topology)
    .flatMap((config) => nested(config, "upstream_credentials"))
    .flatMap((upstream) => nested(upstream, "username_password_credentials"));
}

/** Whether the Artifact Registry service agent may have a role on such things; what is an expression may be it. */
function mayBeGranted(topology: Topology, families: RegExp): boolean {
  return iamOf(topology).resources.some(
    ({ family, kind, resource }) =>
      families.test(family) &&
      (kind !== "member" || /gcp-sa-artifactregistry|^\$\{/.test(String(resource.values.member))),
  );
}

/** Caches of other registries. */
export const registryRemoteRules: readonly Rule[] = [
  {
    id: "registry-remote-credentials",
    title: "upstream credentials are a user and a password",
    severity: "error",
    why: "Artifact Registry cannot sign in with one of them: creating the repository fails, or each pull of what is not cached does.",
    fix: "set username and password_secret_version",
    source: AUTHENTICATION,
    check(topology, report) {
      for (const { block, at, resource } of credentials(topology)) {
        for (const name of ["username", "password_secret_version"]) {
          if (block[name] === undefined || textOf(block[name]) === "") report(resource, `${at}.${name}`, block[name]);
        }
      }
    },
  },
  {
    id: "registry-remote-secret-access",
    title: "the Artifact Registry service agent may read the password of the upstream",
    severity: "error",
    why: "The secret is created here, so nobody can have granted it before: creating the repository fails when it signs in upstream.",
    fix: `add google_secret_manager_secret_iam_member with roles/secretmanager.secretAccessor for service-PROJECT_NUMBER@${AGENT}`,
    source: AUTHENTICATION,
    check(topology, report) {
      const { document } = topology;
      for (const { block, at, resource } of credentials(topology)) {
        const named = document.references(block.password_secret_version).map(({ address }) => document.at(address));
        const secrets = named
          .flatMap((each) => (each?.type === SECRET_VERSION ? document.target(each.values.secret) : each))
          .filter((each) => each?.type === SECRET && !each.isData);
        const mayHave = mayBeGranted(topology, /^google_(secret_manager_secret|project|folder|organization)$/);
        if (secrets.length > 0 && !mayHave)
          report(resource, `${at}.password_secret_version`, block.password_secret_version, secrets[0]!.address);
      }
    },
  },
  {
    id: "registry-remote-immutable",
    title: "immutable tags are asked of repositories that one pushes to",
    severity: "warning",
    why: "A cache has the tags of its upstream, which move there. Not an error, because nothing is rejected.",
    fix: "take docker_config away, and name images by digest",
    source: REMOTE,
    check(topology, report) {
      for (const { block, resource } of readOnly(topology)) {
        if (booleanOf(blockOf(block.docker_config)?.immutable_tags) === true)
          report(resource, "docker_config.immutable_tags", true);
      }
    },
  },
  {
    id: "registry-remote-push",
    title: "nobody is given a role to push to a remote or virtual repository",
    severity: "warning",
    why: "They are read-only: the push fails, whatever the role. Not an error, because the grant itself is accepted.",
    fix: "grant roles/artifactregistry.reader, and push to a standard repository",
    source: REMOTE,
    check(topology, report) {
      const closed = new Set(readOnly(topology).map(({ resource }) => resource.address));
      for (const { family, role, resource } of iamOf(topology).resources) {
        if (family !== REPOSITORY || role === undefined || !PUSH.test(role)) continue;
        const repository = topology.document.target(resource.values.repository);
        if (repository && closed.has(repository.address)) report(resource, "role", role, repository.address);
      }
    },
  },
  {
    id: "registry-remote-unvalidated",
    title: "an upstream is asked whether it is there",
    severity: "warning",
    why: "With disable_upstream_validation a misspelt address or password shows only when someone pulls. Not an error, because the password may come later.",
    fix: "take disable_upstream_validation away once the password is there",
    source: "provider documentation of google_artifact_registry_repository 7.45.0, disable_upstream_validation",
    check(topology, report) {
      for (const { block, at, resource } of configs(topology)) {
        const signsIn = block.upstream_credentials !== undefined || isComputed(block, "upstream_credentials");
        if (!signsIn && booleanOf(block.disable_upstream_validation) === true)
          report(resource, `${at}.disable_upstream_validation`, true);
      }
    },
  },
  {
    id: "registry-remote-untagged",
    title: "a cache does not delete by the lack of a tag",
    severity: "warning",
    why: "What is pulled by digest has no tag in the cache, so this deletes what runs, and keeps what was pulled by a moving tag. Not an error, because it is fetched again, as long as the upstream has it.",
    fix: "delete by older_than alone, and keep the newest with most_recent_versions",
    source: "general knowledge, 2026-11",
    check(topology, report) {
      for (const repository of readOnly(topology)) {
        for (const { block, at, resource } of nested(repository, "cleanup_policies")) {
          if (textOf(block.action) === "DELETE" && textOf(blockOf(block.condition)?.tag_state) === "UNTAGGED")
            report(resource, `${at}.condition.tag_state`, "UNTAGGED");
        }
      }
    },
  },
  {
    id: "registry-key-access",
    title: "the Artifact Registry service agent may use the key of a repository",
    severity: "error",
    why: "The key is created here, so nobody can have granted it before: creating the repository fails.",
    fix: `add google_kms_crypto_key_iam_member with roles/cloudkms.cryptoKeyEncrypterDecrypter for service-PROJECT_NUMBER@${AGENT}`,
    source: `docs.cloud.google.com/artifact-registry/docs/cmek, ${READ}`,
    check(topology, report) {
      const { document } = topology;
      for (const { block, resource } of repositories(topology)) {
        const key = document.target(block.kms_key_name);
        if (key?.type !== "google_kms_crypto_key" || key.isData) continue;
        if (!mayBeGranted(topology, /^google_(kms_crypto_key|kms_key_ring|project|folder|organization)$/))
          report(resource, "kms_key_name", block.kms_key_name, key.address);
      }
    },
  },
];
