import {
  CloudRunRegion,
  type CloudRunRegionProps,
  ContainerImage,
  ImageAttestor,
  ImageEnforcement,
  ImagePolicy,
  type ImagePolicyProps,
  ImageRegistry,
  MultiRegionRegistry,
  RemoteRegistry,
  ServiceAccount,
  Upstream,
} from "../../lib";
import { findingsOf } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";

const TYPE = "google_binary_authorization_policy";
const SERVICE = "google_cloud_run_v2_service";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const ATTESTOR = "projects/builds/attestors/built-by-cloud-build";
const QA = ImageAttestor.fromName("projects/p/attestors/qa");
const KEY = "projects/p/locations/global/keyRings/r/cryptoKeys/signing";

function policy(props: ImagePolicyProps) {
  const stack = testStack();
  return { stack, construct: new ImagePolicy(stack, "ImagePolicy", props) };
}

test("admits the images of the registries, every copy and cache, and no others; services are checked once it stands", () => {
  const stack = testStack();
  const images = new MultiRegionRegistry(stack, "Images", { locations: ["us", "europe"] });
  const hub = new RemoteRegistry(stack, "Hub", { upstream: Upstream.dockerHub(), locations: ["asia"] });
  const imagePolicy = new ImagePolicy(stack, "ImagePolicy", {
    registries: [images, hub],
    patterns: ["us-docker.pkg.dev/cloudrun/container/**"],
  });
  const image = ContainerImage.fromRegistry(images, "chat", DIGEST);
  new CloudRunRegion(stack, "api", { region: "europe-west1", image, imagePolicy });
  const document = synth(stack);
  const urlOf = (path: string) => {
    const { address, values } = only(document, "google_artifact_registry_repository", path);
    return `${values.location}-docker.pkg.dev/\${${address}.project}/\${${address}.repository_id}/**`;
  };
  const resource = only(document, TYPE);
  expect(attributes(resource)).toEqual({
    global_policy_evaluation_mode: "ENABLE",
    admission_whitelist_patterns: [
      { name_pattern: urlOf("Images/us/Resource") },
      { name_pattern: urlOf("Images/europe/Resource") },
      { name_pattern: urlOf("Hub/asia") },
      { name_pattern: "us-docker.pkg.dev/cloudrun/container/**" },
    ],
    default_admission_rule: { enforcement_mode: "ENFORCED_BLOCK_AND_AUDIT_LOG", evaluation_mode: "ALWAYS_DENY" },
  });
  expect(dependsOn(resource)).toEqual([only(document, "google_project_service", "/binaryauthorization").address]);
  const service = only(document, SERVICE);
  expect(service.values.binary_authorization).toEqual({ use_default: true });
  expect(dependsOn(service)).toContain(resource.address);
  expect(findingsOf(JSON.parse(JSON.stringify(stack.toTerraform())))).toEqual([]);
});

test("asks attestors about other images, and may only report", () => {
  const { stack } = policy({ attestors: [ImageAttestor.fromName(ATTESTOR)], enforcement: ImageEnforcement.DRY_RUN });
  expect(only(synth(stack), TYPE).values.default_admission_rule).toEqual({
    enforcement_mode: "DRYRUN_AUDIT_LOG_ONLY",
    evaluation_mode: "REQUIRE_ATTESTATION",
    require_attestations_by: [ATTESTOR],
  });
});

describe("an attestor", () => {
  const build = (...versions: number[]) => {
    const stack = testStack();
    const keyVersions = versions.map((version) => `${KEY}/cryptoKeyVersions/${version}`);
    const attestor = new ImageAttestor(stack, "Tested", { keyVersions, description: "Passed its tests" });
    const imagePolicy = new ImagePolicy(stack, "ImagePolicy", { attestors: [attestor] });
    const image = ContainerImage.fromReference(`europe-docker.pkg.dev/p/models/chat@${DIGEST}`);
    new CloudRunRegion(stack, "api", { region: "europe-west1", image, imagePolicy });
    return { stack, attestor };
  };

  test("takes signatures of Cloud KMS keys, and the policy asks for them", () => {
    const { stack, attestor } = build(1, 2);
    const build1 = new ServiceAccount(stack, "Build");
    expect(attestor.grantAttest(build1)).toEqual(attestor.grantAttest(build1));
    const document = synth(stack);
    const resource = only(document, "google_binary_authorization_attestor");
    const [first, second] = document.resources.filter(({ type }) => type === "google_kms_crypto_key_version");
    const note = only(document, "google_container_analysis_note");
    expect(attributes(resource)).toEqual({
      name: note.values.name,
      description: "Passed its tests",
      attestation_authority_note: {
        note_reference: `\${${note.address}.name}`,
        public_keys: [first!, second!].map(({ address }, index) => ({
          id: `//cloudkms.googleapis.com/v1/${KEY}/cryptoKeyVersions/${index + 1}`,
          pkix_public_key: {
            public_key_pem: `\${${address}.public_key[0].pem}`,
            signature_algorithm: `\${${address}.public_key[0].algorithm}`,
          },
        })),
      },
    });
    expect(only(document, TYPE).values.default_admission_rule).toMatchObject({
      evaluation_mode: "REQUIRE_ATTESTATION",
      require_attestations_by: [`projects/\${${resource.address}.project}/attestors/\${${resource.address}.name}`],
    });
    const roles = document.resources
      .filter(({ type }) => type.endsWith("_iam_member"))
      .map(({ values }) => values.role);
    expect(roles.toSorted()).toEqual([
      "roles/binaryauthorization.attestorsViewer",
      "roles/cloudkms.signerVerifier",
      "roles/containeranalysis.notes.attacher",
      "roles/containeranalysis.notes.occurrences.viewer",
      "roles/containeranalysis.occurrences.editor",
    ]);
    expect(findingsOf(JSON.parse(JSON.stringify(stack.toTerraform())))).toEqual([]);
  });

  test("says in words that a symmetric key cannot sign, and reads keys once their API is enabled", () => {
    const document = synth(build(1).stack);
    const [key] = document.resources.filter(({ type }) => type === "google_kms_crypto_key_version");
    expect(key!.values.lifecycle).toEqual({
      postcondition: [
        {
          condition: "${try(length(self.public_key) > 0, false)}",
          error_message: expect.stringContaining(`${KEY} has no public key`),
        },
      ],
    });
    expect(dependsOn(key!)).toEqual([only(document, "google_project_service", "/cloudkms").address]);
  });

  test("changes its keys in place", () => {
    expectTransition(synth(build(1).stack), synth(build(1, 2).stack), { changed: ["Tested"] });
  });

  test.each([
    ["no key", []],
    ["a key without version", [KEY]],
    ["the latest version", [`${KEY}/cryptoKeyVersions/latest`]],
  ])("fails for %s", (_what, keyVersions) => {
    expect(() => new ImageAttestor(testStack(), "Tested", { keyVersions })).toThrow(
      "allowed is at least one projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N, as a literal; pass the full name",
    );
  });

  test("fails for a key version twice, and for the short name of one that exists", () => {
    expect(() => build(1, 1)).toThrow("name each key version once");
    expect(() => ImageAttestor.fromName("qa")).toThrow(
      '[ImageAttestor.fromName] attestorName: got "qa", allowed is projects/PROJECT/attestors/NAME; pass its full name, as a literal',
    );
  });
});

describe("a service", () => {
  const image = ContainerImage.fromReference("docker.io/acme/chat:1");
  const service = (props: Partial<CloudRunRegionProps> = {}) => {
    const stack = testStack();
    new CloudRunRegion(stack, "api", { region: "europe-west1", image, ...props });
    return synth(stack);
  };
  const checked = { imagePolicy: ImagePolicy.ofProject() };

  test("goes by the project's policy, and overrides it with a reason", () => {
    expect(only(service(checked), SERVICE).values.binary_authorization).toEqual({ use_default: true });
    const broken = service({ ...checked, imagePolicyBreakglass: "INC-42: registry down" });
    expect(only(broken, SERVICE).values.binary_authorization).toEqual({
      use_default: true,
      breakglass_justification: "INC-42: registry down",
    });
    expect(only(service(), SERVICE).values.binary_authorization).toBeUndefined();
  });

  test("takes the check on and off in place", () => {
    expectTransition(service(), service(checked), { changed: ["api"] });
    expectTransition(service(checked), service(), { changed: ["api"] });
  });

  test.each([
    [
      "without policy",
      { imagePolicyBreakglass: "INC-42" },
      '[test/api] imagePolicyBreakglass: got "INC-42", allowed is unset without imagePolicy: no image is checked; remove it, or state why the policy must be overridden',
    ],
    ["without reason", { ...checked, imagePolicyBreakglass: " " }, "allowed is a reason, for the audit log"],
  ])("fails for a breakglass %s", (_what, props, message) => {
    expect(() => service(props)).toThrow(message);
  });
});

test("the policy and the check come and go together with a service that runs", () => {
  const build = (withPolicy: boolean) => {
    const stack = testStack();
    const registry = new ImageRegistry(stack, "Images", { location: "europe" });
    const imagePolicy = withPolicy ? new ImagePolicy(stack, "ImagePolicy", { registries: [registry] }) : undefined;
    const image = ContainerImage.fromRegistry(registry, "chat", DIGEST);
    new CloudRunRegion(stack, "api", { region: "europe-west1", image, imagePolicy });
    return synth(stack);
  };
  const api = "ProjectServices/binaryauthorization";
  expectTransition(build(false), build(true), { added: ["ImagePolicy", api], changed: ["api"] });
  // Terraform changes the service before it sets the policy back.
  expectTransition(build(true), build(false), { removed: ["ImagePolicy", api], changed: ["api"] });
});

test.each([
  ["that admits nothing", {}, "registries: got [], allowed is at least one registry, pattern or attestor"],
  ["with a wildcard inside", { patterns: ["gcr.io/*/chat"] }, 'patterns: got "gcr.io/*/chat", allowed is'],
  ["with a wildcard for the registry", { patterns: ["*"] }, "a registry, a slash and a path"],
  ["with a pattern twice", { patterns: ["gcr.io/a/*", "gcr.io/a/*"] }, "name each pattern once"],
  ["with an attestor twice", { attestors: [QA, QA] }, "name each attestor once"],
])("fails for a policy %s", (_what, props, message) => {
  expect(() => policy(props)).toThrow(message);
});

test("fails for a second policy of the project", () => {
  const { stack } = policy({ patterns: ["gcr.io/a/*"] });
  expect(() => new ImagePolicy(stack, "Other", { patterns: ["gcr.io/b/*"] })).toThrow(
    '[test/Other] ImagePolicy: got "a second one beside test/ImagePolicy", allowed is one for each project; put the registries of both into one',
  );
});
