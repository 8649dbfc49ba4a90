import { Lazy } from "cdktf";
import { ContainerImage, ImageRegistry, ServiceAccount } from "../../lib";
import { testStack } from "../support";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("fromReference", () => {
  test.each([
    "europe-docker.pkg.dev/p/models/chat:1.4.2",
    `europe-docker.pkg.dev/p/models/chat@${DIGEST}`,
    `europe-docker.pkg.dev/p/models/chat:1.4.2@${DIGEST}`,
    "docker.io/library/nginx:1.29",
    "docker.io/vllm/vllm-openai:v0.11.0-x86_64",
    "gcr.io/cloudrun/hello",
    "localhost:5000/a__b/c--d:latest",
  ])("takes %s", (reference) => {
    expect(ContainerImage.fromReference(reference)).toMatchObject({ reference, dependables: [] });
  });

  test("lets a reference known only at apply pass unchecked", () => {
    const late = Lazy.stringValue({ produce: () => "NOT an image" });
    expect(ContainerImage.fromReference(late).reference).toBe(late);
  });

  test.each([
    "https://europe-docker.pkg.dev/p/models/chat:1",
    "europe-docker.pkg.dev/p/Models/chat:1",
    "europe-docker.pkg.dev/p/models/chat@sha256:abc",
    `europe-docker.pkg.dev/p/models/chat@${DIGEST.toUpperCase()}`,
    "europe-docker.pkg.dev/p/models/chat:",
    "europe-docker.pkg.dev/p/models/chat:1 ",
    "europe-docker.pkg.dev//chat:1",
    `a/b:${"t".repeat(129)}`,
    "",
  ])("fails for %p", (reference) => {
    expect(() => ContainerImage.fromReference(reference)).toThrow(
      `[ContainerImage.fromReference] reference: got "${reference}", allowed is HOST/PATH:TAG or HOST/PATH@sha256:DIGEST (64 hexadecimal digits), path in lower case; copy it from the registry, without https://`,
    );
  });

  test("fails for a long text that is no reference without trying every way to read it", () => {
    expect(() => ContainerImage.fromReference(`${"a-".repeat(20000)}!`)).toThrow("allowed is HOST/PATH:TAG");
  });
});

test("an image by reference is the same in every region, and nothing is granted on its registry", () => {
  const stack = testStack();
  const image = ContainerImage.fromReference("docker.io/library/nginx:1.29");
  expect(image.referenceIn("asia-northeast1")).toBe("docker.io/library/nginx:1.29");
  expect(image.grantPull(new ServiceAccount(stack, "Machine"))).toEqual([]);
});

describe("fromRegistry", () => {
  function registry() {
    return new ImageRegistry(testStack(), "Registry", { location: "europe" });
  }

  test.each([
    ["chat", DIGEST, `/chat@${DIGEST}`],
    ["team/chat", "1.4.2", "/team/chat:1.4.2"],
    ["chat", "_latest", "/chat:_latest"],
  ])("joins %s and %s", (name, digestOrTag, expected) => {
    const from = registry();
    const image = ContainerImage.fromRegistry(from, name, digestOrTag);
    expect(image.reference).toBe(`${from.url}${expected}`);
  });

  test("takes a value known only at apply for a digest", () => {
    const from = registry();
    const late = Lazy.stringValue({ produce: () => DIGEST });
    expect(ContainerImage.fromRegistry(from, "chat", late).reference).toBe(`${from.url}/chat@${late}`);
  });

  test("makes what runs it wait for the repository", () => {
    const from = registry();
    expect(ContainerImage.fromRegistry(from, "chat", "1").dependables).toEqual([from.resource]);
  });

  test("lets an account pull from the registry, once", () => {
    const from = registry();
    const image = ContainerImage.fromRegistry(from, "chat", "1");
    const account = new ServiceAccount(from, "Machine");
    expect(image.grantPull(account)).toEqual(from.grantPull(account));
    expect(image.grantPull(account)).toHaveLength(1);
  });

  test.each(["Chat", "chat:1", "/chat", "chat/", "a//b", ""])("fails for the image name %p", (name) => {
    expect(() => ContainerImage.fromRegistry(registry(), name, "1")).toThrow(
      `[test/Registry] image name: got "${name}", allowed is lower-case letters, digits and separators ( . _ - / ); name the image without host and tag, for example "inference"`,
    );
  });

  test.each(["sha256:abc", `sha512:${"a".repeat(64)}`, "-1", "a b", "t".repeat(129), ""])(
    "fails for the digest or tag %p",
    (digestOrTag) => {
      expect(() => ContainerImage.fromRegistry(registry(), "chat", digestOrTag)).toThrow(
        `[test/Registry] digestOrTag: got "${digestOrTag}", allowed is sha256: and 64 hexadecimal digits, or a tag of 1 to 128 letters, digits, _ . -; pass the digest that \`docker push\` printed`,
      );
    },
  );
});
