import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import {
  App,
  CloudBackend,
  Lazy,
  NamedCloudWorkspace,
  NamedRemoteWorkspace,
  RemoteBackend,
  TerraformStack as Stack,
  TerraformOutput,
  type TerraformStack,
} from "cdktf";
import {
  type BuiltImageProps,
  CloudRunRegion,
  ContainerImage,
  DockerEngine,
  GoogleProviderVersion,
  ImageRegistry,
  MultiRegionRegistry,
  ServiceAccount,
} from "../../lib";
import { findingsOf, type Json } from "../rules/rule-support";
import { dependsOn, only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";

const [BELGIUM, IOWA] = ["europe-west1", "us-central1"];
const folder = mkdtempSync(join(tmpdir(), "built-image-"));
const directory = join(folder, "app");
const other = join(folder, "other");

beforeAll(() => {
  for (const [path, content] of [
    [directory, "1"],
    [other, "2"],
  ] as const) {
    mkdirSync(path);
    writeFileSync(join(path, "Dockerfile"), "FROM scratch\nCOPY . /app\n");
    writeFileSync(join(path, "model.bin"), content);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function registryIn(stack: TerraformStack, locations = ["us", "europe"]) {
  return new MultiRegionRegistry(stack, "Registry", { repositoryId: "models", locations });
}

function build(props: Partial<BuiltImageProps> = {}, stack = testStack()) {
  const registry = props.registry ?? registryIn(stack);
  const image = ContainerImage.fromSource(stack, "Image", { directory, name: "team/chat", ...props, registry });
  return { stack, image };
}

/** A service in each of two regions. */
function run(props: Partial<BuiltImageProps> = {}, locations?: string[]) {
  const stack = testStack();
  const { image } = build({ registry: registryIn(stack, locations), ...props }, stack);
  for (const region of [BELGIUM, IOWA]) new CloudRunRegion(stack, region, { region, image });
  return synth(stack);
}

describe("one build, pushed to every copy of the registry", () => {
  const document = () =>
    run({
      buildArgs: { VERSION: "1" },
      target: "serve",
      labels: { team: "ml" },
      cacheFrom: ["a/b:c"],
      timeoutMinutes: 45,
    });

  test("as the docker provider takes it", () => {
    const { resource, data, provider } = document().json as {
      resource: Record<string, object>;
      data: object;
      provider: { docker: object };
    };
    expect({
      provider: provider.docker,
      data,
      resource: Object.fromEntries(Object.entries(resource).filter(([type]) => type.startsWith("docker_"))),
    }).toMatchSnapshot();
  });

  test("each region runs the digest of its nearest copy, and waits for the pushes", () => {
    const synthesized = document();
    for (const [region, continent] of [
      [BELGIUM, "europe"],
      [IOWA, "us"],
    ] as const) {
      const service = only(synthesized, "google_cloud_run_v2_service", `${region}/Resource`);
      const push = only(synthesized, "docker_registry_image", `Push ${continent}-docker.pkg.dev`);
      const { containers } = service.values.template as { containers: { image: string }[] };
      expect(containers[0]!.image).toMatch(
        new RegExp(`^${continent}-docker\\.pkg\\.dev/.+/team/chat@\\$\\{${push.address}\\.sha256_digest\\}$`),
      );
      expect(dependsOn(service)).toEqual(
        expect.arrayContaining(synthesized.ofType("docker_registry_image").map(({ address }) => address)),
      );
    }
  });

  test("an account may pull it from every copy", () => {
    const { stack, image } = build();
    expect(image.grantPull(new ServiceAccount(stack, "Machine"))).toHaveLength(2);
  });

  test("the new image is there before the old one goes, and the old one stays in the registry", () => {
    const resources = document().resources.filter(({ type, isData }) => type.startsWith("docker_") && !isData);
    expect(resources).toHaveLength(4);
    for (const { type, values } of resources) {
      expect(values.lifecycle).toMatchObject({ create_before_destroy: true });
      if (type === "docker_registry_image") expect(values.keep_remotely).toBe(true);
      if (type === "docker_image") expect(values.keep_locally).toBe(true);
    }
  });
});

test("the tag changes with each input of the build, and with nothing else", () => {
  const tag = (props: Partial<BuiltImageProps>) => build(props).image.contentTag;
  const base = tag({});
  expect(base).toMatch(/^[0-9a-f]{20}$/);
  const same: Partial<BuiltImageProps>[] = [
    { cacheFrom: ["a/b"] },
    { extraTags: ["x"] },
    { timeoutMinutes: 5 },
    { name: "chat" },
    { platform: "linux/amd64" },
    { buildArgs: {} },
  ];
  for (const props of same) expect(tag(props)).toBe(base);
  const different: Partial<BuiltImageProps>[] = [
    { directory: other },
    { buildArgs: { A: "1" } },
    { buildArgs: { A: "2" } },
    { labels: { A: "1" } },
    { target: "serve" },
    { platform: "linux/arm64" },
    { rebuild: "2026-12" },
  ];
  expect(new Set([base, ...different.map(tag)]).size).toBe(different.length + 1);
  expect(tag({ buildArgs: { A: "1", B: "2" } })).toBe(tag({ buildArgs: { B: "2", A: "1" } }));
});

test("what the registry has already is pulled, not built again", () => {
  const { stack, image } = build();
  const { values } = only(synth(stack), "docker_image");
  const { for_each } = (values.dynamic as { build: { for_each: string } }).build;
  expect(for_each).toMatch(
    /^\$\{anytrue\(\[for image in data\.google_artifact_registry_docker_images\.\w+\.docker_images : .+]\) \? \[] : \[1]\}$/,
  );
  expect(for_each).toContain(
    `contains(image.tags, "${image.contentTag}") && strcontains(image.self_link, "/team/chat@")`,
  );
  expect(values.lifecycle).toMatchObject({ ignore_changes: ["build"] });
});

test("extra tags move along with each new image", () => {
  const { stack, image } = build({ extraTags: ["main"] });
  const document = synth(stack);
  const push = only(document, "docker_registry_image", "Push europe-docker.pkg.dev main");
  expect(push.values.triggers).toEqual({ content: image.contentTag });
  const tag = document.target(push.values.name)!;
  expect(tag.values.target_image).toMatch(/^europe-docker\.pkg\.dev\/.+\/team\/chat:main$/);
  expect([image.tags.length, image.pushes.length]).toEqual([3, 4]);
});

test("neither path of this machine nor token is in the JSON, and the context lies beside it", () => {
  const outdir = join(folder, "out");
  const app = new App({ outdir });
  const stack = new Stack(app, "dev");
  new GoogleProvider(stack, "Google", { project: "p" });
  const { image } = build({}, stack);
  app.synth();
  const work = join(outdir, "stacks/dev");
  const copy = join("assets/Image", image.contentTag);
  expect(readdirSync(join(work, copy)).sort()).toEqual(["Dockerfile", "model.bin"]);
  const json = JSON.stringify(synth(stack).json);
  expect(json).toContain(`"context":"${copy}"`);
  expect(json).not.toContain(folder);
});

describe("the docker provider", () => {
  test("is configured in stacks that build, once, with one login for every location", () => {
    const { stack } = build();
    ContainerImage.fromSource(stack, "Second", {
      directory,
      name: "b",
      registry: new ImageRegistry(stack, "R2", { location: BELGIUM }),
    });
    const { docker } = synth(stack).json.provider as {
      docker: { dynamic: { registry_auth: { for_each: string[]; content: object } } }[];
    };
    expect(docker).toHaveLength(1);
    const { for_each, content } = docker[0]!.dynamic.registry_auth;
    expect(for_each).toEqual(
      expect.arrayContaining(["us-docker.pkg.dev", "europe-docker.pkg.dev", `${BELGIUM}-docker.pkg.dev`]),
    );
    expect(content).toMatchObject({
      username: "oauth2accesstoken",
      password: expect.stringMatching(/^\$\{data\.google_client_config\.\w+\.access_token\}$/),
    });
  });

  test("is in no other stack", () => {
    const stack = testStack();
    const image = ContainerImage.fromRegistry(registryIn(stack), "chat", `sha256:${"0".repeat(64)}`);
    new CloudRunRegion(stack, "Run", { region: BELGIUM, image });
    const { json, resources } = synth(stack);
    expect(Object.keys(json.provider as object)).toEqual(["google"]);
    expect(resources.map(({ type }) => type)).not.toContainEqual(
      expect.stringMatching(/^docker_|^google_client_config$/),
    );
  });

  test("is the user's own where there is one, also for a registry elsewhere", () => {
    const stack = testStack();
    const own = new DockerProvider(stack, "Docker", { alias: "builds" });
    const registry = new ImageRegistry(stack, "Registry", { location: "us" });
    Object.assign(registry, { url: "localhost:5000/p/r", pushUrls: ["localhost:5000/p/r"] });
    build({ registry }, stack);
    const document = synth(stack);
    expect(DockerEngine.of(stack).provider).toBe(own);
    expect(only(document, "docker_image").values.provider).toBe("docker.builds");
    expect(only(document, "docker_image").values.build).toMatchObject({
      dockerfile: "Dockerfile",
      platform: "linux/amd64",
    });
    expect(() => DockerEngine.of(stack).keepTokenOutOfState()).toThrow("[test/DockerEngine] keepTokenOutOfState: got");
  });

  test("pushes to two repositories of one host", () => {
    const stack = testStack();
    new DockerProvider(stack, "Docker");
    const registry = new ImageRegistry(stack, "Registry", { location: "us" });
    const pushUrls = ["localhost:5000/one", "localhost:5000/two"];
    Object.assign(registry, { url: pushUrls[1], pushUrls });
    const { image } = build({ registry, extraTags: ["main"] }, stack);
    const document = synth(stack);
    expect(document.ofType("docker_registry_image")).toHaveLength(4);
    const pushed = only(document, "docker_registry_image", "Push localhost:5000 2");
    expect(document.target(pushed.values.name)!.values.target_image).toBe(
      `localhost:5000/two/team/chat:${image.contentTag}`,
    );
    new TerraformOutput(stack, "reference", { value: image.reference });
    expect(synth(stack).outputs.reference).toEqual({
      value: `localhost:5000/two/team/chat@\${${pushed.address}.sha256_digest}`,
    });
  });

  test("fails at synth when the user's own comes too late", () => {
    const { stack } = build();
    new DockerProvider(stack, "Docker");
    expect(() => synth(stack)).toThrow('[test/DockerEngine] docker provider: got "a second one at test/Docker"');
    const aliased = build().stack;
    new DockerProvider(aliased, "Docker", { alias: "other" });
    expect(() => synth(aliased)).not.toThrow();
  });

  test("can log in with a token that no state holds", () => {
    const { stack } = build();
    DockerEngine.of(stack).keepTokenOutOfState();
    const { data, ephemeral, terraform } = synth(stack).json as Record<string, Record<string, unknown>>;
    expect(data).not.toHaveProperty("google_client_config");
    expect(ephemeral).toEqual({ google_client_config: { docker_login: {} } });
    expect(terraform!.required_version).toBe(">= 1.10");
    expect(terraform!.required_providers).toMatchObject({ google: { version: ">= 7.10.0, < 8.0.0" } });
    const pinned = testStack("pinned");
    GoogleProviderVersion.of(pinned).pin("6.50.0");
    expect(() => DockerEngine.of(pinned).keepTokenOutOfState()).toThrow("7.10.0 or later");
  });

  test("fails at synth where HCP Terraform runs the plans, unless its workspace runs them locally", () => {
    for (const backend of [
      (stack: TerraformStack) =>
        new CloudBackend(stack, { organization: "o", workspaces: new NamedCloudWorkspace("w") }),
      (stack: TerraformStack) =>
        new RemoteBackend(stack, {
          organization: "o",
          workspaces: new NamedRemoteWorkspace("w"),
        }),
    ]) {
      const stack = testStack();
      backend(stack);
      build({}, stack);
      const messages = () =>
        stack.node
          .findAll()
          .filter((each) => each instanceof DockerEngine)
          .flatMap((each) => each.node.validate());
      expect(messages()).toEqual([
        expect.stringMatching(
          /^\[test\/DockerEngine] backend: got "HCP Terraform, whose machines have no Docker engine", .*fromReference.*runsLocally\(\)$/,
        ),
      ]);
      DockerEngine.of(stack).runsLocally();
      expect(messages()).toEqual([]);
    }
  });
});

describe("one deploy is enough", () => {
  const builds = [
    "Image",
    "Image/Push europe-docker.pkg.dev",
    "Image/Push us-docker.pkg.dev",
    "Image/Tag europe-docker.pkg.dev",
  ];

  test("for changed content: another image, the services in place", () => {
    // The services refer to the digest of the push, which is known when it is done.
    expectTransition(run(), run({ directory: other }), { replaced: builds });
  });

  test("for another continent: the same image is pushed there, and the regions near it change over", () => {
    expectTransition(run({}, ["us"]), run(), {
      added: ["Registry/europe", "Image/Push europe-docker.pkg.dev", "Image/Tag europe-docker.pkg.dev"],
      changed: [BELGIUM],
    });
  });

  test("from a reference to a build and back, while DockerEngine.of stays", () => {
    const reference = () => {
      const stack = testStack();
      registryIn(stack);
      DockerEngine.of(stack);
      const image = ContainerImage.fromReference("docker.io/acme/chat:1");
      for (const region of [BELGIUM, IOWA]) new CloudRunRegion(stack, region, { region, image });
      return synth(stack);
    };
    const services = [BELGIUM, IOWA];
    expectTransition(reference(), run(), { added: builds, changed: services });
    expectTransition(run(), reference(), { removed: builds, changed: services });
  });
});

test("the rules have nothing against it", () => {
  expect(findingsOf(run({ extraTags: ["main"] }).json as Json)).toEqual([]);
});

test("credentials in the context or the build args are pointed out", () => {
  const risky = join(folder, "risky");
  mkdirSync(risky);
  writeFileSync(join(risky, "Dockerfile"), "");
  writeFileSync(join(risky, ".env"), "");
  const { image } = build({ directory: risky, buildArgs: { NPM_TOKEN: "x" } });
  const warnings = image.node.metadata.map(({ data }) => data);
  expect(warnings).toEqual([
    expect.stringContaining(".env in the build context"),
    expect.stringContaining("build arg NPM_TOKEN"),
  ]);
});

describe("fails for", () => {
  const late = Lazy.stringValue({ produce: () => "x" });
  test.each<[string, Partial<BuiltImageProps>, string]>([
    ["a name with a tag", { name: "chat:1" }, 'name: got "chat:1", allowed is lower-case letters'],
    ["a target that is no stage", { target: "a b" }, 'target: got "a b", allowed is the name of a stage'],
    [
      "a platform that Cloud Run does not run",
      { platform: "windows/amd64" },
      'platform: got "windows/amd64", allowed is linux/amd64',
    ],
    ["a build arg that is no name", { buildArgs: { "A-B": "1" } }, 'name of a build arg: got "A-B"'],
    ["a build arg known only at apply", { buildArgs: { A: late } }, "buildArgs.A: got "],
    ["a label known only at apply", { labels: { A: late } }, "labels.A: got "],
    ["a tag that is none", { extraTags: ["a/b"] }, 'extraTags: got "a/b", allowed is 1 to 128'],
    ["a tag named twice", { extraTags: ["a", "a"] }, 'extraTags: got "a", allowed is each value once'],
    ["a limit of nothing", { maxContextMiB: 0 }, "maxContextMiB: got 0, allowed is a whole number from 1 to 10240"],
    ["no time to build", { timeoutMinutes: 0 }, "timeoutMinutes: got 0, allowed is a whole number from 1 to 1440"],
    ["a missing folder", { directory: "no-such-folder" }, 'directory: got "no-such-folder"'],
  ])("%s", (_what, props, message) => {
    expect(() => build(props)).toThrow(`[test/Image] ${message}`);
  });

  test("a registry that nothing can be pushed to, and one that nobody logs in to", () => {
    const stack = testStack();
    const registry = new ImageRegistry(stack, "Registry", { location: "us" });
    Object.assign(registry, { pushUrls: [] });
    expect(() => build({ registry }, stack)).toThrow(
      'registry: got "test/Registry", allowed is a registry that can be pushed to',
    );
    Object.assign(registry, { pushUrls: ["localhost:5000/p/r"] });
    expect(() => ContainerImage.fromSource(stack, "Other", { directory, name: "a", registry })).toThrow(
      'host of the registry: got "localhost:5000"',
    );
  });
});
