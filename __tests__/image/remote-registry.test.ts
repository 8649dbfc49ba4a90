import { Lazy } from "cdktf";
import {
  CloudRunRegion,
  ContainerImage,
  RemoteRegistry,
  type RemoteRegistryProps,
  RemovalPolicy,
  Secret,
  ServiceAccount,
  Upstream,
} from "../../lib";
import { findingsOf } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";

const TYPE = "google_artifact_registry_repository";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const keyIn = (location: string) => `projects/p/locations/${location}/keyRings/r/cryptoKeys/k`;

function remote(props: Partial<RemoteRegistryProps> = {}) {
  const stack = testStack();
  return { stack, construct: new RemoteRegistry(stack, "Hub", { upstream: Upstream.dockerHub(), ...props }) };
}

/** What is after the repository in the reference. */
function pathIn(upstream: Upstream, name: string): string {
  const { construct } = remote({ upstream });
  return ContainerImage.fromRegistry(construct, name, DIGEST).reference.slice(construct.url.length);
}

test("is a cache of Docker Hub on each continent, each under one name, from which regions pull the nearest copy", () => {
  const { stack, construct } = remote();
  const image = ContainerImage.fromRegistry(construct, "vllm/vllm-openai", DIGEST);
  new CloudRunRegion(stack, "Tokyo", { region: "asia-northeast1", image });
  const document = synth(stack);
  const all = document.ofType(TYPE);
  expect(all.map(({ values }) => values.location)).toEqual(["us", "europe", "asia"]);
  expect(new Set(all.map(({ values }) => values.repository_id)).size).toBe(1);
  expect(attributes(all[0]!)).toEqual({
    location: "us",
    repository_id: all[0]!.values.repository_id,
    format: "DOCKER",
    mode: "REMOTE_REPOSITORY",
    remote_repository_config: {
      docker_repository: { public_repository: "DOCKER_HUB" },
      disable_upstream_validation: false,
    },
    vulnerability_scanning_config: { enablement_config: "DISABLED" },
    cleanup_policy_dry_run: false,
  });
  expect(all[0]!.values.lifecycle).toEqual({ create_before_destroy: true, prevent_destroy: false });
  const [container] = (only(document, "google_cloud_run_v2_service").values.template as { containers: object[] })
    .containers;
  expect(container).toMatchObject({
    image: `asia-docker.pkg.dev/\${${all[2]!.address}.project}/\${${all[2]!.address}.repository_id}/vllm/vllm-openai@${DIGEST}`,
  });
});

test.each([
  ["Docker Hub's official images", Upstream.dockerHub(), "nginx", `/library/nginx@${DIGEST}`],
  ["Docker Hub's other images", Upstream.dockerHub(), "ollama/ollama", `/ollama/ollama@${DIGEST}`],
  ["GitHub's images", Upstream.gitHub(), "huggingface/tgi", `/huggingface/tgi@${DIGEST}`],
  ["images without organization elsewhere", Upstream.quay(), "busybox", `/busybox@${DIGEST}`],
])("spells %s as the cache does", (_what, upstream, name, expected) => {
  expect(pathIn(upstream, name)).toBe(expected);
});

test.each([
  [Upstream.gitHub(), "https://ghcr.io"],
  [Upstream.nvidia(), "https://nvcr.io"],
  [Upstream.quay(), "https://quay.io"],
  [Upstream.fromUri("https://acme.jfrog.io/artifactory/docker"), "https://acme.jfrog.io/artifactory/docker"],
])("caches other registries by their address (%#)", (upstream, uri) => {
  const { stack } = remote({ upstream, locations: ["europe-west4"] });
  expect(only(synth(stack), TYPE).values).toMatchObject({
    location: "europe-west4",
    remote_repository_config: { common_repository: { uri } },
  });
});

test("signs in with a secret that Artifact Registry may read before it has to", () => {
  const stack = testStack();
  const password = new Secret(stack, "Token");
  const props = { upstream: Upstream.dockerHub(), username: "acme", password, locations: ["us", "asia"] };
  new RemoteRegistry(stack, "Hub", { ...props, skipUpstreamValidation: true });
  new RemoteRegistry(stack, "Other", {
    ...props,
    password: Secret.fromName(stack, "Elsewhere", "projects/vault/secrets/hub", { version: "3" }),
  });
  const document = synth(stack);
  const secret = only(document, "google_secret_manager_secret");
  const project = document.resources.find(({ isData }) => isData)!;
  const inUs = document.ofType(TYPE).filter(({ values }) => values.location === "us");
  expect(inUs.map(({ values }) => values.remote_repository_config)).toMatchObject([
    {
      disable_upstream_validation: true,
      upstream_credentials: {
        username_password_credentials: {
          username: "acme",
          password_secret_version: `projects/\${${project.address}.project_id}/secrets/\${${secret.address}.secret_id}/versions/latest`,
        },
      },
    },
    {
      disable_upstream_validation: false,
      upstream_credentials: {
        username_password_credentials: { password_secret_version: "projects/vault/secrets/hub/versions/3" },
      },
    },
  ]);
  const grants = document.ofType("google_secret_manager_secret_iam_member");
  expect(grants).toHaveLength(2);
  expect(grants[0]!.values).toMatchObject({
    role: "roles/secretmanager.secretAccessor",
    member: `serviceAccount:service-\${${project.address}.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com`,
  });
  expect(dependsOn(inUs[0]!)).toEqual(
    expect.arrayContaining([grants[0]!.address, only(document, "google_secret_manager_secret_version").address]),
  );
});

test("takes cleanup, scanning, keys and protection, and gives no finding of any rule", () => {
  const { stack } = remote({
    description: "Stock images",
    locations: ["europe"],
    deleteAfterDays: 90,
    keepRecentVersions: 3,
    vulnerabilityScanning: true,
    encryptionKeys: { europe: keyIn("europe") },
    removalPolicy: RemovalPolicy.PROTECT,
  });
  const document = synth(stack);
  const { values } = only(document, TYPE);
  expect(values).toMatchObject({
    description: "Stock images",
    kms_key_name: keyIn("europe"),
    vulnerability_scanning_config: { enablement_config: "INHERITED" },
    cleanup_policies: [
      { id: "delete-old", action: "DELETE", condition: { older_than: "7776000s" } },
      { id: "keep-recent", action: "KEEP", most_recent_versions: { keep_count: 3 } },
    ],
    lifecycle: { prevent_destroy: true },
  });
  expect(dependsOn(only(document, TYPE))).toContain(
    only(document, "google_project_service", "/containerscanning").address,
  );
  expect(findingsOf(JSON.parse(JSON.stringify(stack.toTerraform())))).toEqual([]);
});

test("lets accounts pull from every copy; nobody can push", () => {
  const { stack, construct } = remote();
  const account = new ServiceAccount(stack, "Machine");
  expect(ContainerImage.fromRegistry(construct, "ollama/ollama", DIGEST).grantPull(account)).toHaveLength(3);
  expect(construct.pushUrls).toEqual([]);
  expect(() => construct.grantPush(account)).toThrow(
    '[test/Hub] grantPush: got "test/Machine", allowed is grantPull: nothing can be pushed to a cache of another registry; push to an ImageRegistry or a MultiRegionRegistry',
  );
});

describe("changes", () => {
  const build = (props: Partial<RemoteRegistryProps> = {}) => {
    const { stack, construct } = remote({ locations: ["europe"], ...props });
    const image = ContainerImage.fromRegistry(construct, "ollama/ollama", DIGEST);
    new CloudRunRegion(stack, "api", { region: "europe-west1", image, removalPolicy: RemovalPolicy.DESTROY });
    return synth(stack);
  };
  const secret = (version: string) => Secret.fromName(testStack(), "Token", "hub", { version });
  const signedIn = (version: string) => build({ username: "acme", password: secret(version) });

  test.each([
    ["the cleanup", build(), build({ deleteAfterDays: 30 }), { changed: ["Hub/europe"] }],
    ["the upstream", build(), build({ upstream: Upstream.quay() }), { replaced: ["Hub/europe"] }],
    ["the version of the password", signedIn("1"), signedIn("2"), { replaced: ["Hub/europe"] }],
    ["another continent", build(), build({ locations: ["europe", "us"] }), { added: ["Hub/us"] }],
    [
      "the continent that is pulled from",
      build({ locations: ["europe", "us"] }),
      build({ locations: ["us"] }),
      { removed: ["Hub/europe"], changed: ["api"] },
    ],
  ])("%s apply at once, under the services", (_what, before, after, expected) => {
    expectTransition(before, after, expected);
  });

  test("a replaced cache has another name than its predecessor", () => {
    const nameIn = (document: ReturnType<typeof build>) => only(document, TYPE).values.repository_id;
    const names = [build(), build({ upstream: Upstream.quay() }), signedIn("1"), signedIn("2")].map(nameIn);
    expect(new Set(names).size).toBe(4);
    expect(nameIn(build({ deleteAfterDays: 30, description: "x" }))).toBe(names[0]);
  });
});

test.each([
  ["deleteAfterDays", { deleteAfterDays: -1 }, "deleteAfterDays: got -1, allowed is a whole number from 0 to 36500"],
  ["keepRecentVersions", { deleteAfterDays: 1, keepRecentVersions: 0.5 }, "keepRecentVersions: got 0.5"],
  ["keepRecentVersions alone", { keepRecentVersions: 3 }, "allowed is unset without deleteAfterDays"],
  ["username alone", { username: "acme" }, "[test/Hub] password: got nothing, allowed is both username and password"],
  ["password alone", { password: Secret.fromName(testStack(), "T", "t") }, "[test/Hub] username: got nothing"],
  ["location", { locations: ["europe-wset4"] }, 'did you mean "europe-west4"?'],
  ["list of regions", { locations: ["europe-west4", "us"] }, "use a separate registry for a single region"],
  ["list of locations", { locations: [] }, "locations: got [], allowed is at least one location"],
  ["encryptionKeys", { locations: ["us"], encryptionKeys: { us: keyIn("europe") } }, "allowed is a key in us"],
  [
    "username known only at apply",
    {
      username: Lazy.stringValue({ produce: () => "acme" }),
      password: Secret.fromName(testStack(), "T", "t"),
    },
    "allowed is literal inputs, because the name contains their hash",
  ],
])("fails for a bad %s", (_what, props, message) => {
  expect(() => remote(props)).toThrow(message);
});

test.each(["ghcr.io", "http://ghcr.io", "https://ghcr.io/", "https://ghcr.io?x", "", "https://"])(
  "fails for the upstream %p",
  (uri) => {
    expect(() => Upstream.fromUri(uri)).toThrow(
      `[Upstream.fromUri] uri: got "${uri}", allowed is https:// and the registry's host, as a literal, without slash at the end; pass it like "https://ghcr.io"; the image name comes later`,
    );
  },
);

test("fails for Docker Hub by address, and for a host before an image's name", () => {
  expect(() => Upstream.fromUri("https://registry-1.docker.io")).toThrow("use Upstream.dockerHub()");
  expect(() => pathIn(Upstream.dockerHub(), "docker.io/ollama/ollama")).toThrow(
    '[test/Hub] image name: got "docker.io/ollama/ollama", allowed is the path within the upstream registry; leave out "docker.io/"',
  );
  expect(() => pathIn(Upstream.gitHub(), "ghcr.io/acme/chat")).toThrow('leave out "ghcr.io/"');
});
