import { type Environment, resolveEnvironment } from "../../stacks/environment";
import { environments } from "../../stacks/environments";

const DIGEST = `@sha256:${"0".repeat(64)}`;

function resolve(name: string, changes: Partial<Environment> = {}, processEnv: Record<string, string> = {}) {
  // A test that names an image, or none, is about references: nothing is built then.
  const build = "image" in changes && !("build" in changes) ? { build: undefined } : {};
  const table = { ...environments, [name]: { ...(environments[name] ?? environments.dev!), ...build, ...changes } };
  return resolveEnvironment(name, table, processEnv);
}

describe("the table as it stands", () => {
  test.each(["dev", "prod"])("%s is what the table says", (name) => {
    expect(resolveEnvironment(name, environments, {})).toEqual(environments[name]);
  });

  test("prod serves a digest, so that a moved tag cannot change it", () => {
    expect(environments.prod!.image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });
});

describe("the process environment wins over the table", () => {
  test.each(["dev", "prod"])("%s: project and image", (name) => {
    const image = `europe-docker.pkg.dev/mine/models/chat${DIGEST}`;
    const prefix = name.toUpperCase();
    const resolved = resolve(name, {}, { [`${prefix}_GOOGLE_PROJECT`]: "mine-123", [`${prefix}_IMAGE`]: image });
    expect(resolved).toEqual({ ...environments[name], project: "mine-123", image });
  });

  test("a hyphen in the name is an underscore in the variable", () => {
    expect(resolve("eu-dev", {}, { EU_DEV_GOOGLE_PROJECT: "mine-123" }).project).toBe("mine-123");
  });

  test("another environment's variables do not count", () => {
    expect(resolve("dev", {}, { PROD_GOOGLE_PROJECT: "mine-123", GOOGLE_PROJECT: "mine-123" }).project).toBe(
      environments.dev!.project,
    );
  });

  test("a variable set to nothing counts as not set", () => {
    const resolved = resolve("dev", {}, { DEV_GOOGLE_PROJECT: "", DEV_IMAGE: "" });
    expect(resolved).toEqual(environments.dev);
  });

  test("an override mends what the table has wrong", () => {
    expect(resolve("dev", { project: "CHANGE ME" }, { DEV_GOOGLE_PROJECT: "mine-123" }).project).toBe("mine-123");
  });
});

describe("accepted", () => {
  test.each<[string, Partial<Environment>]>([
    ["a tag where the environment is destroyable", { image: "docker.io/ollama/ollama:0.12.3" }],
    ["the shortest and the longest project", { project: "abcdef" }],
    ["a project of 30 characters", { project: `a${"b".repeat(29)}` }],
    ["a prefix of one character", { state: { kind: "gcs", bucket: "abc", prefix: "a" } }],
    ["a prefix with folders", { state: { kind: "gcs", bucket: "my_bucket.example", prefix: "ai/api/v1" } }],
    ["HCP names with capitals", { state: { kind: "hcp", organization: "Acme-Inc", workspace: "ai_api-Dev" } }],
    ["an empty label value", { labels: { team: "" } }],
    ["no labels", { labels: {} }],
  ])("%s", (_, changes) => {
    expect(resolve("dev", changes)).toMatchObject(changes);
  });
});

describe("fails", () => {
  test("fails for an unknown environment, naming those there are", () => {
    expect(() => resolveEnvironment("staging", environments, {})).toThrow(
      '[stacks/environments.ts staging] environment: got "staging", allowed is dev, prod; add it to the table',
    );
  });

  test("fails for a name that only JavaScript objects know", () => {
    expect(() => resolveEnvironment("constructor", environments, {})).toThrow("allowed is dev, prod");
  });

  const gcs = (changes: object) => ({ state: { kind: "gcs", bucket: "my-bucket", prefix: "ai-api", ...changes } });
  const hcp = (changes: object) => ({ state: { kind: "hcp", organization: "acme", workspace: "dev", ...changes } });

  test.each<[title: string, changes: object, setting: string, allowed: string]>([
    ["a project with capitals", { project: "My-Project" }, 'project: got "My-Project"', "6 to 30 lower-case letters"],
    ["a project that is too short", { project: "abcde" }, "project", "6 to 30"],
    ["a project that is too long", { project: "a".repeat(31) }, "project", "6 to 30"],
    ["a project that starts with a digit", { project: "1project" }, "project", "starting with a letter"],
    ["a project that ends in a hyphen", { project: "project-" }, "project", "not ending in a hyphen"],
    ["a project number", { project: "123456789012" }, "project", "starting with a letter"],
    ["a project that is missing", { project: undefined }, "project: got nothing", "a project ID"],
    ["an image that is a URL", { image: "https://docker.io/a/b:1" }, 'image: got "https', "HOST/PATH:TAG"],
    ["an image that is missing", { image: undefined }, "image: got nothing", "HOST/PATH:TAG"],
    [
      "an image beside what is built",
      { image: "docker.io/a/b:1", build: environments.dev!.build },
      'build: got "image and build"',
      "one of the two",
    ],
    ["a label key with capitals", { labels: { Team: "a" } }, 'labels: got "Team"', "lower-case letters"],
    ["a label value with capitals", { labels: { team: "ML" } }, 'labels.team: got "ML"', "lower-case letters"],
    ["a label value that is too long", { labels: { team: "a".repeat(64) } }, "labels.team", "at most 63"],
    ["a label key that is too long", { labels: { ["a".repeat(64)]: "" } }, "labels", "1 to 63"],
    ["a state of unknown kind", { state: { kind: "s3" } }, 'state: got {"kind":"s3"}', '"local", "gcs" or "hcp"'],
    ["a state that is missing", { state: undefined }, "state: got nothing", '"local", "gcs" or "hcp"'],
    ["a bucket with gs://", gcs({ bucket: "gs://mine" }), 'state.bucket: got "gs://mine"', "without gs://"],
    ["a bucket with capitals", gcs({ bucket: "Mine" }), "state.bucket", "3 to 63 lower-case letters"],
    [
      "a bucket that is missing",
      gcs({ bucket: undefined }),
      "state.bucket: got nothing",
      "a value; set it as the other environments do",
    ],
    ["a prefix that starts with a slash", gcs({ prefix: "/ai" }), 'state.prefix: got "/ai"', "without slash"],
    ["a prefix that ends in a slash", gcs({ prefix: "ai/" }), "state.prefix", "without slash at either end"],
    ["an empty prefix", gcs({ prefix: "" }), "state.prefix", "a folder in the bucket"],
    ["an organization with a space", hcp({ organization: "Acme Inc" }), 'state.organization: got "Acme', "1 to 90"],
    ["an organization that is empty", hcp({ organization: "" }), "state.organization", "1 to 90 letters"],
    [
      "a workspace with a slash",
      hcp({ workspace: "ai/dev" }),
      'state.workspace: got "ai/dev"',
      "hyphens and underscores",
    ],
    ["a workspace that is too long", hcp({ workspace: "a".repeat(91) }), "state.workspace", "1 to 90"],
  ])("fails for %s", (_, changes, setting, allowed) => {
    const settled = () => resolve("dev", changes as Partial<Environment>);
    expect(settled).toThrow(`[stacks/environments.ts dev] ${setting}`);
    expect(settled).toThrow(allowed);
  });

  test.each<[variable: string, value: string, allowed: string]>([
    ["DEV_GOOGLE_PROJECT", "BAD", "a project ID: 6 to 30 lower-case letters"],
    ["DEV_IMAGE", "docker.io/Ollama:x y", "HOST/PATH:TAG"],
    ["PROD_GOOGLE_PROJECT", "projects/mine-123", "a project ID"],
    ["PROD_IMAGE", "docker.io/ollama/ollama:latest", "…@sha256:…, in a protected environment"],
    ["PROD_IMAGE", `https://docker.io/ollama/ollama${DIGEST}`, "HOST/PATH@sha256:DIGEST"],
  ])("fails for %s=%s, naming the variable", (variable, value, allowed) => {
    const name = variable.startsWith("DEV") ? "dev" : "prod";
    const settled = () => resolve(name, {}, { [variable]: value });
    expect(settled).toThrow(`[stacks/environments.ts ${name}] ${variable}: got "${value}"`);
    expect(settled).toThrow(allowed);
  });

  test("fails for a tag where the environment is not destroyable, and says so", () => {
    expect(() => resolve("prod", { image: "docker.io/ollama/ollama:0.12.3" })).toThrow(
      '[stacks/environments.ts prod] image: got "docker.io/ollama/ollama:0.12.3", allowed is an image with a digest',
    );
    expect(resolve("prod", { image: "docker.io/ollama/ollama:0.12.3", destroyable: true }).destroyable).toBe(true);
  });

  test("fails for a probe that Cloud Armor would refuse for want of a key, and only there", () => {
    const { observability, edge } = environments.prod!;
    const probing = (path: string) => ({ observability: { ...observability!, probePaths: [path] } });
    expect(() => resolve("prod", probing("/v1/chat/completions"))).toThrow(
      '[stacks/environments.ts prod] observability.probePaths: got "/v1/chat/completions", allowed is paths that need no key: /api/version, /v1/models',
    );
    for (const keylessPaths of [["/v1/*"], ["/v1/chat/completions"]])
      expect(() =>
        resolve("prod", { ...probing("/v1/chat/completions"), edge: { ...edge!, keylessPaths } }),
      ).not.toThrow();
    expect(() => resolve("prod", { ...probing("/v1/chat/completions"), edge: undefined })).not.toThrow();
  });

  test("fails for a goal in quotes", () => {
    const { observability } = environments.prod!;
    const wrong = { observability: { ...observability!, availabilityGoal: "0.999" as never } };
    expect(() => resolve("prod", wrong)).toThrow(/observability.availabilityGoal: got "0.999".*without quotes/);
  });

  test("fails for a cut digest", () => {
    expect(() => resolve("prod", { image: "docker.io/ollama/ollama@sha256:c622a7ad" })).toThrow("image: got");
  });

  const { service, edge } = environments.prod!;
  test.each<[wrong: string, changes: object, message: string]>([
    ["egde", { egde: edge }, "egde: got {"],
    ["egde", { egde: edge }, "did you mean edge?"],
    [
      "gpu L4",
      { service: { ...service, gpu: "L4" } },
      'service.gpu: got "L4", allowed is "l4", "rtxPro6000"; did you mean "l4"?',
    ],
    [
      "minInstance",
      { service: { ...service, minInstance: 1 } },
      "service.minInstance: got 1, allowed is a setting of an environment; did you mean service.minInstances?",
    ],
    ["keyLessPaths", { edge: { ...edge, keyLessPaths: [] } }, "did you mean edge.keylessPaths?"],
    ["an edge without cachedPaths", { edge: { ...edge, cachedPaths: undefined } }, "edge.cachedPaths: got nothing"],
    [
      "a text for a number",
      { service: { ...service, cpu: "8" } },
      'service.cpu: got "8", allowed is a number; write it without quotes',
    ],
    ["NaN", { service: { ...service, cpu: Number.NaN } }, "service.cpu: got NaN, allowed is a number"],
    [
      "a text for a list",
      { regions: "europe-west1" },
      'regions: got "europe-west1", allowed is a list of texts; put it into [ ]',
    ],
    ["a number in a list", { domains: [7] }, "domains[0]: got 7, allowed is a text; write it in quotes"],
    ["a text for a boolean", { destroyable: "no" }, 'destroyable: got "no", allowed is a boolean'],
    [
      "a number for a variable",
      { service: { ...service, env: { PORT: 1 } } },
      "service.env.PORT: got 1, allowed is a text",
    ],
    ["a text for settings", { service: "l4" }, 'service: got "l4", allowed is an object'],
    ["what a local state has not", { state: { kind: "local", bucket: "b" } }, 'state.bucket: got "b"'],
    ["region", { region: [] }, "did you mean regions?"],
  ])("fails for %s in the table", (_wrong, changes, message) => {
    expect(() => resolve("prod", changes as Partial<Environment>)).toThrow(message);
  });

  test.each(["googleProvider", "destroyable", "domains", "regions", "drainingRegions", "service"])(
    "fails without %s",
    (setting) => {
      expect(() => resolve("dev", { [setting]: undefined })).toThrow(
        `[stacks/environments.ts dev] ${setting}: got nothing`,
      );
    },
  );
});
