import { REGIONS } from "../google/regions";
import { MULTI_REGIONS, repositoryFormat, repositoryLocation } from "../google/registry";
import { api, page } from "../google/source";
import { nearest } from "../language/nearest";
import { blockOf, type Resource } from "../topology/document";
import { iamOf } from "../topology/iam";
import type { Topology } from "../topology/topology";
import { booleanOf, textOf } from "../topology/value";
import { containersOf } from "../topology/workloads";
import { blocks, type Rule, rule, type Subject } from "./rule";

const REPOSITORY = "google_artifact_registry_repository";
const PASSWORD = "remote_repository_config.upstream_credentials.username_password_credentials";
const registry = api("Artifact Registry API v1");

/** Its format, where it is set and one that there is. */
function formatOf(repository: Resource | undefined): string | undefined {
  const format = repository?.type === REPOSITORY ? textOf(repository.values.format)?.toUpperCase() : undefined;
  return repositoryFormat.holds(format) ? format : undefined;
}

/**
 * Keys and passwords of this document that repositories use, with the types on which their use is
 * granted.
 */
function* usedByAgent(topology: Topology) {
  const { document } = topology;
  for (const { resource, block } of topology.places(REPOSITORY)) {
    const used = document.target(block.kms_key_name);
    yield { resource, at: "kms_key_name", value: block.kms_key_name, used, grantedOn: /kms_(crypto_key|key_ring)$/ };
  }
  for (const { resource, at, block } of topology.places(REPOSITORY, PASSWORD)) {
    const named = document.references(block.password_secret_version).map(({ address }) => document.at(address));
    for (const each of named) {
      const used = each?.type.endsWith("_secret_version") ? document.target(each.values.secret) : each;
      const value = block.password_secret_version;
      yield { resource, at: `${at}.password_secret_version`, value, used, grantedOn: /secret_manager_secret$/ };
    }
  }
}

/** Where resources name images, or texts that do. */
const IMAGE_PLACES: Readonly<Record<string, string>> = {
  "": "docker_image|docker_registry_image|docker_tag",
  metadata: "google_compute_instance_template|google_compute_region_instance_template|google_compute_instance",
};

interface RegistryHost extends Subject {
  readonly attribute: string;
  readonly host: string;
  /** `europe` of europe-docker.pkg.dev, and of europe.gcr.io. */
  readonly location: string;
  readonly kind: string;
}

const HOSTS = /(?<![\w./-]|[\w}]:)([a-z0-9-]+)([-.])(docker\.pkg\.dev|gcr\.io)(?=\/)/g;

/** The hosts of Google's registries that containers, images and start-up scripts name. */
function readHosts(topology: Topology): readonly RegistryHost[] {
  const texts = [
    ...containersOf(topology).map((place) => ({ ...place, texts: [["image", place.block.image]] as const })),
    ...Object.entries(IMAGE_PLACES)
      .flatMap(([path, types]) => topology.places(types, path))
      .map((place) => ({ ...place, texts: Object.entries(place.block) })),
  ];
  return texts.flatMap(({ resource, at, texts }) =>
    texts.flatMap(([attribute, text]) => hostsIn(text).map((host) => ({ ...host, resource, at, attribute }))),
  );
}

function hostsIn(text: unknown) {
  if (typeof text !== "string" || !/docker\.pkg\.dev|gcr\.io/.test(text)) return [];
  return [...text.matchAll(HOSTS)].map(([host, location = "", , kind = ""]) => ({ host, location, kind }));
}

const hostsOf = (kind: string) => (topology: Topology) => topology.once(readHosts).filter((each) => each.kind === kind);
const LOCATIONS = [...MULTI_REGIONS, ...REGIONS.map(({ name }) => name)];
/** Before .gcr.io: Container Registry, and registries that Google itself fills. */
const GCR = ["us", "eu", "asia", "mirror", "marketplace", "launcher", "l", "k8s", "staging-k8s", "b", "appengine"];

function hint(location: string, candidates: readonly string[], end: string): string | undefined {
  const closest = candidates.find((each) => each.startsWith(location)) ?? nearest(location, candidates);
  return closest && `did you mean ${closest}${end}?`;
}

/** Repositories by location, project and ID. */
function readRepositories({ document }: Topology): ReadonlyMap<string, Resource> {
  const key = (each: Resource) => `${each.values.location} ${document.projectOf(each)} ${each.values.repository_id}`;
  return new Map(document.ofType(REPOSITORY).map((each) => [key(each), each]));
}

/** Artifact Registry repositories: who reads what, and what is cleaned up. */
export const registryRules: readonly Rule[] = [
  rule("registry-agent-access", usedByAgent, {
    title:
      "the Artifact Registry service agent must be allowed to use a repository's key and read its upstream password",
    why: "The key or secret is created here, so nobody can have granted it before: creating the repository fails.",
    fix: "grant service-PROJECT_NUMBER@gcp-sa-artifactregistry.iam.gserviceaccount.com roles/cloudkms.cryptoKeyEncrypterDecrypter on the key, roles/secretmanager.secretAccessor on the secret",
    source: page("artifact-registry/docs/cmek"),
    judge({ value, used, grantedOn }, blame, topology) {
      const isOurs = used && !used.isData && /^google_(kms_crypto_key|secret_manager_secret)$/.test(used.type);
      if (!isOurs || topology.document.json.module !== undefined) return;
      // A member that is an expression may be the agent.
      const mayBeGranted = iamOf(topology).resources.some(
        ({ family, kind, resource: { values } }) =>
          (grantedOn.test(family) || /^google_(project|folder|organization)$/.test(family)) &&
          (kind !== "member" || /gcp-sa-artifactregistry|^\$\{/.test(String(values.member))),
      );
      if (!mayBeGranted) blame("", value, used.address);
    },
  }),
  rule("registry-remote-push", (topology) => iamOf(topology).resources, {
    title: "nobody should be given a role to push to a remote or virtual repository",
    advice: true,
    why: "They are read-only: the push fails, whatever the role.",
    fix: "grant roles/artifactregistry.reader, and push to a standard repository",
    source: page("artifact-registry/docs/repositories/remote-overview"),
    judge({ family, role = "", resource }, blame, { document }) {
      if (family !== REPOSITORY || !/^roles\/artifactregistry\.(writer|repoAdmin|createOnPush\w+)$/.test(role)) return;
      const repository = document.target(resource.values.repository);
      if (/^(REMOTE|VIRTUAL)_REPOSITORY$/.test(String(repository?.values.mode)))
        blame("role", role, repository!.address);
    },
  }),
  rule("registry-cleanup-immutable", blocks(REPOSITORY, "cleanup_policies"), {
    title: "tagged versions cannot be deleted where tags are immutable",
    advice: true,
    why: "Immutable tags cannot be deleted, so their versions stay.",
    fix: 'delete with tag_state = "UNTAGGED", or remove immutable_tags',
    source: registry("DockerRepositoryConfig.immutableTags"),
    judge({ resource, block }, blame) {
      const isImmutable = booleanOf(blockOf(resource.values.docker_config)?.immutable_tags) === true;
      const deletesTagged = block.action === "DELETE" && blockOf(block.condition)?.tag_state === "TAGGED";
      if (isImmutable && deletesTagged) blame("condition.tag_state", "TAGGED");
    },
  }),
  rule("registry-upstream", blocks(REPOSITORY, "virtual_repository_config.upstream_policies"), {
    title: "the upstream repositories of a virtual one must have its format",
    fix: "make a virtual repository for each format",
    source: page("artifact-registry/docs/repositories/virtual-repo"),
    judge({ resource, block }, blame, { document }) {
      const [own, other] = [formatOf(resource), formatOf(document.target(block.repository))];
      if (other !== undefined && own !== undefined && other !== own) blame("repository", block.repository, other);
    },
  }),
  rule("registry-host", hostsOf("docker.pkg.dev"), {
    title: "an image in Artifact Registry must be at the host of a region, or of us, europe or asia",
    why: "There is no such host: nothing can be pushed to it or pulled from it.",
    fix: "write LOCATION-docker.pkg.dev with the location of the repository, such as europe-docker.pkg.dev",
    source: page("artifact-registry/docs/repositories/repo-locations"),
    judge({ attribute, host, location }, blame) {
      if (!repositoryLocation.holds(location)) blame(attribute, host, hint(location, LOCATIONS, "-docker.pkg.dev"));
    },
  }),
  rule("registry-host-known", hostsOf("docker.pkg.dev"), {
    title: "an image in Artifact Registry must be in a region that exists",
    advice: true,
    why: "There is no such region, unless Google has opened it lately.",
    fix: "correct the region in the host of the image",
    source: page("artifact-registry/docs/repositories/repo-locations"),
    judge({ attribute, host, location }, blame) {
      if (repositoryLocation.holds(location) && !LOCATIONS.includes(location))
        blame(attribute, host, hint(location, LOCATIONS, "-docker.pkg.dev"));
    },
  }),
  rule("registry-host-gcr", hostsOf("gcr.io"), {
    title: "an image of gcr.io must be at gcr.io, us.gcr.io, eu.gcr.io or asia.gcr.io",
    advice: true,
    why: "Container Registry has no other hosts; Google publishes images of its own at some more.",
    fix: "correct the host, or use LOCATION-docker.pkg.dev",
    source: page("artifact-registry/docs/transition/gcr-repositories"),
    judge({ attribute, host, location }, blame) {
      if (!GCR.includes(location)) blame(attribute, host, hint(location, GCR.slice(0, 3), ".gcr.io"));
    },
  }),
  rule("registry-image-format", containersOf, {
    title: "an image must come from a repository of Docker format",
    why: "There are no images in a repository of another format: the deploy fails.",
    fix: 'set format = "DOCKER" on the repository, or name another one',
    source: registry("Repository.format"),
    judge({ block }, blame, topology) {
      const image = /^([a-z0-9-]+)-docker\.pkg\.dev\/([^/]+)\/([^/]+)\//.exec(textOf(block.image) ?? "");
      const repository = topology.once(readRepositories).get(image?.slice(1).join(" ") ?? "");
      const format = formatOf(repository);
      if (repository && format !== undefined && !["DOCKER", "KFP"].includes(format))
        blame("image", block.image, `${repository.address} is ${format}`);
    },
  }),
];
