import { Lazy } from "cdktf";
import { type CloudRunOptions, Gpu, Secret, Volume, VpcEgressTraffic } from "../../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { addRegion, construct, container, IMAGE, SERVICE, template } from "./region-stack";

const ACCESS = "google_secret_manager_secret_iam_member";

describe("the container", () => {
  test("runs the image as it is", () => {
    expect(container().image).toBe(IMAGE);
    expect(container()).not.toHaveProperty("command");
    expect(container()).not.toHaveProperty("args");
  });

  test("takes another entrypoint and arguments", () => {
    const props = { command: ["python", "-m", "server"], args: ["--model", "/models/m"] };
    expect(container(props)).toMatchObject(props);
  });

  test.each<[CloudRunOptions, object]>([
    [{}, { name: "http1", container_port: 8080 }],
    [{ port: 8000 }, { name: "http1", container_port: 8000 }],
    [{ http2: true }, { name: "h2c", container_port: 8080 }],
  ])("with %p serves on %p", (props, ports) => {
    expect(container(props).ports).toEqual(ports);
  });

  test.each<[CloudRunOptions, object]>([
    [{}, { cpu: "1", memory: "1Gi" }],
    [{ cpu: 2 }, { cpu: "2", memory: "1Gi" }],
    [{ memoryMiB: 1536 }, { cpu: "1", memory: "1536Mi" }],
    [{ cpu: 0.08 }, { cpu: "80m", memory: "512Mi" }],
    [{ cpu: 0.583 }, { cpu: "583m", memory: "512Mi" }],
    [{ cpu: 0.999 }, { cpu: "999m", memory: "512Mi" }],
    [
      { gpu: Gpu.l4(), cpu: 8 },
      { cpu: "8", memory: "16Gi", "nvidia.com/gpu": "1" },
    ],
  ])("with %p always has both limits, which the API would else fill in: %p", (props, limits) => {
    expect(container(props)).toMatchObject({ resources: { limits } });
  });

  test.each<[CloudRunOptions, object]>([
    [{}, { cpu_idle: true, startup_cpu_boost: true }],
    [
      { cpuAlwaysAllocated: true, startupCpuBoost: false },
      { cpu_idle: false, startup_cpu_boost: false },
    ],
  ])("with %p is given CPU as %p", (props, resources) => {
    expect(container(props)).toMatchObject({ resources });
  });
});

describe("environment variables", () => {
  test("plain ones stand before secret ones, and those carry no value", () => {
    const stack = testStack();
    addRegion(stack, {
      env: { MODEL: "gemma", EMPTY: "" },
      secretEnv: { HF_TOKEN: Secret.fromName(stack, "Token", "hf-token", { version: "3" }) },
    });
    expect(only(synth(stack), SERVICE).values.template).toMatchObject({
      containers: [
        {
          env: [
            { name: "MODEL", value: "gemma" },
            { name: "EMPTY", value: "" },
            { name: "HF_TOKEN", value_source: { secret_key_ref: { secret: "hf-token", version: "3" } } },
          ],
        },
      ],
    });
  });

  test("a value known only at apply passes", () => {
    const stack = testStack();
    const other = addRegion(stack, {}, "Other");
    addRegion(stack, { env: { OTHER_URL: other.url } });
    const document = synth(stack);
    const { address } = only(document, SERVICE, "Other/Resource");
    expect(only(document, SERVICE, "Chat/Resource").values.template).toMatchObject({
      containers: [{ env: [{ name: "OTHER_URL", value: `\${${address}.uri}` }] }],
    });
  });

  test("secret ones are readable, and have a value, before the first revision starts", () => {
    const stack = testStack();
    addRegion(stack, { secretEnv: { KEY: new Secret(stack, "Key") } });
    const document = synth(stack);
    expect(dependsOn(only(document, SERVICE))).toEqual([
      only(document, "google_project_service", "/run").address,
      only(document, ACCESS).address,
      only(document, "google_secret_manager_secret_version").address,
    ]);
    expect(attributes(only(document, ACCESS)).member).toBe(
      `\${${only(document, "google_service_account").address}.member}`,
    );
  });

  test("one secret read twice is granted, and waited for, once", () => {
    const stack = testStack();
    const key = new Secret(stack, "Key");
    addRegion(stack, { secretEnv: { ONE: key, TWO: key }, volumes: [Volume.secret("/keys", "key", key)] });
    const document = synth(stack);
    expect(document.ofType(ACCESS)).toHaveLength(1);
    const edges = dependsOn(only(document, SERVICE));
    expect(new Set(edges).size).toBe(edges.length);
    expect(edges).toHaveLength(3);
  });

  test.each(["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"])("fails for %s, which Cloud Run sets", (name) => {
    const fix = name === "PORT" ? "set the prop `port` instead" : "rename it";
    expect(construct({ env: { [name]: "1" } })).toThrow(
      `[test/Chat] environment variable: got "${name}", allowed is any except PORT, K_SERVICE, K_REVISION, K_CONFIGURATION, which Cloud Run sets; ${fix}`,
    );
  });

  test.each(["1MODEL", "MY-MODEL", "MY MODEL", ""])("fails for the name %p, plain or secret", (name) => {
    const message = `[test/Chat] environment variable: got "${name}", allowed is letters, digits and underscores, not starting with a digit; rename it`;
    expect(construct({ env: { [name]: "1" } })).toThrow(message);
    const stack = testStack();
    const secret = Secret.fromName(stack, "Token", "hf-token");
    expect(() => addRegion(stack, { secretEnv: { [name]: secret } })).toThrow(message);
  });

  test("fails for a name that is both plain and secret", () => {
    const stack = testStack();
    const secret = Secret.fromName(stack, "Token", "hf-token");
    expect(() => addRegion(stack, { env: { TOKEN: "x" }, secretEnv: { TOKEN: secret } })).toThrow(
      '[test/Chat] environment variable: got "TOKEN", allowed is each value once; set it in env or in secretEnv, not in both',
    );
  });

  test("fails for a value of more than 32768 bytes, without printing it", () => {
    expect(construct({ env: { PROMPT: "x".repeat(32768) } })).not.toThrow();
    expect(construct({ env: { PROMPT: "x".repeat(32769) } })).toThrow(
      '[test/Chat] environment variable PROMPT: got "32769 bytes", allowed is at most 32768 bytes; mount it as a file: Volume.secret or Volume.gcs',
    );
  });
});

describe("mounts", () => {
  test("fails for two volumes at one path", () => {
    const volumes = [Volume.inMemory("/cache", 64), Volume.gcs("/cache", "my-models")];
    expect(construct({ volumes })).toThrow(
      '[test/Chat] volume mount path: got "/cache", allowed is each value once; mount each volume at its own path',
    );
  });

  test("fails for paths whose volumes would have one name", () => {
    expect(construct({ volumes: [Volume.inMemory("/my_cache", 64), Volume.inMemory("/My-Cache", 64)] })).toThrow(
      '[test/Chat] volume name: got "v-my-cache", allowed is each value once; mount paths must differ in more than punctuation and case',
    );
  });
});

describe("egress", () => {
  test("goes to the internet directly by default", () => {
    expect(template()).not.toHaveProperty("vpc_access");
  });

  test.each([
    [{ network: "vpc" }, { egress: "PRIVATE_RANGES_ONLY", network_interfaces: [{ network: "vpc" }] }],
    [{ subnetwork: "sub" }, { egress: "PRIVATE_RANGES_ONLY", network_interfaces: [{ subnetwork: "sub" }] }],
    [
      { network: "vpc", subnetwork: "sub", tags: ["run"], traffic: VpcEgressTraffic.ALL_TRAFFIC },
      { egress: "ALL_TRAFFIC", network_interfaces: [{ network: "vpc", subnetwork: "sub", tags: ["run"] }] },
    ],
  ])("through the VPC with %p", (vpcEgress, expected) => {
    expect(template({ vpcEgress }).vpc_access).toEqual(expected);
  });

  test("takes a network known only at apply", () => {
    const network = Lazy.stringValue({ produce: () => "late" });
    expect(template({ vpcEgress: { network } }).vpc_access).toMatchObject({
      network_interfaces: [{ network: "late" }],
    });
  });

  test("fails without network and subnetwork", () => {
    expect(construct({ vpcEgress: { traffic: VpcEgressTraffic.ALL_TRAFFIC } })).toThrow(
      '[test/Chat] vpcEgress: got {"traffic":"ALL_TRAFFIC"}, allowed is network, subnetwork or both; name the subnetwork of the service\'s region',
    );
  });
});
