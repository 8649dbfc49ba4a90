import { repositoryFormat, repositoryLocation } from "../google/registry";
import { api, page, unconfirmed } from "../google/source";
import { type Block, blockOf, type Resource } from "../topology/document";
import { iamOf } from "../topology/iam";
import { locationOf } from "../topology/location";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed, textOf } from "../topology/value";
import { containersOf } from "../topology/workloads";
import { blocks, type Rule, rule } from "./rule";

const REPOSITORY = "google_artifact_registry_repository";
const registry = api("Artifact Registry API v1");
const AGENT = "gcp-sa-artifactregistry.iam.gserviceaccount.com";
const repositories = blocks(REPOSITORY);
const cleanups = blocks(REPOSITORY, "cleanup_policies");
const WIDER = "project|folder|organization";

/** Its format, where it is set and one that there is. */
function formatOf(repository: Resource | undefined): string | undefined {
  const format = repository?.type === REPOSITORY ? textOf(repository.values.format)?.toUpperCase() : undefined;
  return repositoryFormat.holds(format) ? format : undefined;
}

/** Whether a repository only passes on what others hold. */
function isReadOnly({ values }: Resource): boolean {
  return ["REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY"].includes(textOf(values.mode) ?? "");
}

/** What tags a cleanup policy deletes: ANY, TAGGED, UNTAGGED; undefined where it keeps or Terraform computes it. */
function deletedTags({ action, condition }: Block): string | undefined {
  return textOf(action) === "DELETE" ? textOf(blockOf(condition)?.tag_state) : undefined;
}

/** Whether the Artifact Registry service agent may have a role on such things; what is an expression may be it. */
function mayBeGranted(topology: Topology, kinds: string): boolean {
  const families = new RegExp(`^google_(${kinds}|${WIDER})$`);
  return iamOf(topology).resources.some(
    ({ family, kind, resource }) =>
      families.test(family) &&
      (kind !== "member" || /gcp-sa-artifactregistry|^\$\{/.test(String(resource.values.member))),
  );
}

/** Artifact Registry repositories: who reads what, and what is cleaned up. */
export const registryRules: readonly Rule[] = [
  rule("registry-key-location", repositories, {
    title: "the key of a repository must be at the location of the repository",
    why: "Google Cloud rejects a key of another location at apply.",
    fix: "make a key ring at the location of the repository, us for a repository in us",
    source: registry("Repository.kmsKeyName"),
    judge({ block }, blame, topology) {
      const location = textOf(block.location);
      const key = locationOf(topology.document, block.kms_key_name);
      if (repositoryLocation.holds(location) && key !== undefined && key !== location)
        blame("kms_key_name", block.kms_key_name, `${key} instead of ${location}`);
    },
  }),
  rule("registry-key-access", repositories, {
    title: "the Artifact Registry service agent must be allowed to use the key of a repository",
    why: "The key is created here, so nobody can have granted it before: creating the repository fails.",
    fix: `add google_kms_crypto_key_iam_member with roles/cloudkms.cryptoKeyEncrypterDecrypter for service-PROJECT_NUMBER@${AGENT}`,
    source: page("artifact-registry/docs/cmek"),
    judge({ block }, blame, topology) {
      const key = topology.document.target(block.kms_key_name);
      if (key?.type !== "google_kms_crypto_key" || key.isData || topology.document.json.module !== undefined) return;
      if (!mayBeGranted(topology, "kms_crypto_key|kms_key_ring"))
        blame("kms_key_name", block.kms_key_name, key.address);
    },
  }),
  rule(
    "registry-remote-secret-access",
    blocks(REPOSITORY, "remote_repository_config.upstream_credentials.username_password_credentials"),
    {
      title: "the Artifact Registry service agent must be allowed to read the password of the upstream",
      why: "The secret is created here, so nobody can have granted it before: creating the repository fails when it signs in upstream.",
      fix: `add google_secret_manager_secret_iam_member with roles/secretmanager.secretAccessor for service-PROJECT_NUMBER@${AGENT}`,
      source: page("artifact-registry/docs/repositories/configure-remote-authentication"),
      judge({ block: { password_secret_version: password } }, blame, topology) {
        const { document } = topology;
        const secret = document
          .references(password)
          .map(({ address }) => document.at(address))
          .map((named) => (named?.type.endsWith("_secret_version") ? document.target(named.values.secret) : named))
          .find((each) => each?.type === "google_secret_manager_secret" && !each.isData);
        if (secret && document.json.module === undefined && !mayBeGranted(topology, "secret_manager_secret"))
          blame("password_secret_version", password, secret.address);
      },
    },
  ),
  rule("registry-remote-push", (topology) => iamOf(topology).resources, {
    title: "nobody should be given a role to push to a remote or virtual repository",
    advice: true,
    why: "They are read-only: the push fails, whatever the role.",
    fix: "grant roles/artifactregistry.reader, and push to a standard repository",
    source: page("artifact-registry/docs/repositories/remote-overview"),
    judge({ family, role = "", resource }, blame, { document }) {
      if (family !== REPOSITORY || !/^roles\/artifactregistry\.(writer|repoAdmin|createOnPush\w+)$/.test(role)) return;
      const repository = document.target(resource.values.repository);
      if (repository && isReadOnly(repository)) blame("role", role, repository.address);
    },
  }),
  rule("registry-remote-untagged", cleanups, {
    title: "a cache should not delete what has no tag",
    advice: true,
    why: "What is pulled by digest has no tag in the cache, so this deletes what runs, and keeps what was pulled by a moving tag. It is fetched again, as long as the upstream has it.",
    fix: "delete by older_than alone, and keep the newest with most_recent_versions",
    source: unconfirmed("digests and tags in remote repositories"),
    judge({ resource, block }, blame) {
      if (isReadOnly(resource) && deletedTags(block) === "UNTAGGED") blame("condition.tag_state", "UNTAGGED");
    },
  }),
  rule("registry-cleanup-immutable", cleanups, {
    title: "tagged versions cannot be deleted where tags are immutable",
    advice: true,
    why: "Immutable tags cannot be deleted, so their versions stay.",
    fix: 'delete with tag_state = "UNTAGGED", or remove immutable_tags',
    source: registry("DockerRepositoryConfig.immutableTags"),
    judge({ resource, block }, blame) {
      const isImmutable = booleanOf(blockOf(resource.values.docker_config)?.immutable_tags) === true;
      if (isImmutable && deletedTags(block) === "TAGGED") blame("condition.tag_state", "TAGGED");
    },
  }),
  rule("registry-cleanup-keep-only", repositories, {
    title: "cleanup policies that keep need one that deletes",
    advice: true,
    why: "Nothing is deleted without a policy that deletes, so nothing needs to be kept.",
    fix: "add a policy with action DELETE",
    source: page("artifact-registry/docs/repositories/cleanup-policy-overview"),
    judge({ resource, block }, blame, topology) {
      const policies = cleanups(topology).filter((each) => each.resource === resource);
      const keeps = policies.filter((each) => textOf(each.block.action) === "KEEP");
      if (keeps.length > 0 && keeps.length === policies.length && !isComputed(block, "cleanup_policies"))
        blame("cleanup_policies", undefined);
    },
  }),
  rule("registry-upstream", blocks(REPOSITORY, "virtual_repository_config.upstream_policies"), {
    title: "the upstream repositories of a virtual one must have its format",
    why: "Google Cloud rejects an upstream of another format.",
    fix: "make a virtual repository for each format",
    source: page("artifact-registry/docs/repositories/virtual-repo"),
    judge({ resource, block }, blame, { document }) {
      const own = formatOf(resource);
      const other = formatOf(document.target(block.repository));
      if (other !== undefined && own !== undefined && other !== own) blame("repository", block.repository, other);
    },
  }),
  rule("registry-image-format", containersOf, {
    title: "an image must come from a repository of Docker format",
    why: "There are no images in a repository of another format: the deploy fails.",
    fix: 'set format = "DOCKER" on the repository, or name another one',
    source: registry("Repository.format"),
    judge({ block }, blame, topology) {
      const image = /^([a-z0-9-]+)-docker\.pkg\.dev\/([^/]+)\/([^/]+)\//.exec(textOf(block.image) ?? "");
      const repository = image && topology.once(readRepositories).get(image.slice(1).join(" "));
      const format = formatOf(repository ?? undefined);
      if (format !== undefined && !["DOCKER", "KFP"].includes(format))
        blame("image", block.image, `${repository!.address} is ${format}`);
    },
  }),
];

/** Repositories by location, project and ID. */
function readRepositories({ document }: Topology): ReadonlyMap<string, Resource> {
  return new Map(
    document
      .ofType(REPOSITORY)
      .map((each) => [`${each.values.location} ${document.projectOf(each)} ${each.values.repository_id}`, each]),
  );
}
