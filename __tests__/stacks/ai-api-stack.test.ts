import { blockOf, type TerraformDocument } from "../../lib/topology/document";
import { environments } from "../../stacks/environments";
import { dependsOn, only } from "../support";
import { expectTransition } from "../transition-support";
import { leaves, settings, synthesize, valuesAt } from "./synthesize";

const NEWER_THAN_BINDINGS = ["readiness_probe", "default_uri_disabled", "mount_options", "max_instance_count"];

function newerAttributes(document: TerraformDocument): string[] {
  const keys = new Set(
    document.ofType("google_cloud_run_v2_service").flatMap(({ values }) => {
      const { template, scaling, ...rest } = values;
      // template.scaling.max_instance_count is as old as the resource; the service's own is not.
      const { scaling: _revisionScaling, ...revision } = template as Record<string, unknown>;
      return leaves({ ...rest, scaling, revision }).flatMap(({ path }) => path);
    }),
  );
  return NEWER_THAN_BINDINGS.filter((attribute) => keys.has(attribute));
}

function googleVersion(document: TerraformDocument): unknown {
  return (settings(document).required_providers as { google: { version: string } }).google.version;
}

describe("provider version", () => {
  test("dev runs on the bindings' own 6.50 and uses nothing younger", () => {
    const dev = synthesize("dev");
    expect(googleVersion(dev)).toBe("~> 6.50");
    expect(newerAttributes(dev)).toEqual([]);
  });

  test("prod runs on 7.19, which knows readiness probes, and has one in every region", () => {
    const prod = synthesize("prod");
    expect(googleVersion(prod)).toBe("~> 7.19");
    expect(newerAttributes(prod)).toEqual(["readiness_probe"]);
    expect(
      leaves(prod.ofType("google_cloud_run_v2_service").map(({ values }) => values))
        .filter(({ path }) => path.at(-2) === "http_get" && path.at(-3) === "readiness_probe" && path.at(-1) === "path")
        .map(({ value }) => value),
    ).toEqual(["/api/version", "/api/version", "/api/version"]);
  });

  test.each(["6.50.0", "~> 6.50", "7.18.0"])(
    "fails when prod is pinned to %s, naming attribute and version",
    (version) => {
      const pinned = () => synthesize("prod", { googleProvider: version });
      expect(pinned).toThrow("readiness_probe");
      expect(pinned).toThrow(`got "${version}", allowed is 7.19.0 or later`);
    },
  );

  test("prod without health path runs on 6.50", () => {
    const { probes: _, ...service } = environments.prod!.service;
    const prod = synthesize("prod", { googleProvider: "~> 6.50", service });
    expect(googleVersion(prod)).toBe("~> 6.50");
    expect(newerAttributes(prod)).toEqual([]);
  });

  test.each(["latest", "< 7.0", "6.49.0", ""])('fails for the constraint "%s"', (version) => {
    expect(() => synthesize("dev", { googleProvider: version })).toThrow(
      "[dev/GoogleProviderVersion] provider version",
    );
  });
});

describe("removal", () => {
  test("dev can be destroyed at once", () => {
    const dev = synthesize("dev");
    expect(valuesAt(dev, "prevent_destroy")).not.toContain(true);
    expect(valuesAt(dev, "deletion_protection")).toEqual([false, false]);
  });

  test("prod refuses to lose its services and its addresses", () => {
    const prod = synthesize("prod");
    expect(valuesAt(prod, "deletion_protection")).toEqual([true, true, true]);
    expect(
      prod.ofType("google_compute_global_address").map(({ values }) => [values.ip_version, values.lifecycle]),
    ).toEqual([
      ["IPV4", { prevent_destroy: true }],
      ["IPV6", { prevent_destroy: true }],
    ]);
  });

  test("prod made destroyable loses every protection, and nothing else changes: the first step of taking it down", () => {
    const protections = new Set(["prevent_destroy", "deletion_protection"]);
    const others = (document: TerraformDocument) =>
      leaves(document.json).filter(({ path }) => path[0] !== "//" && !protections.has(path.at(-1)!));
    const destroyable = synthesize("prod", { destroyable: true });
    expect(valuesAt(destroyable, "prevent_destroy")).not.toContain(true);
    expect(valuesAt(destroyable, "deletion_protection")).toEqual([false, false, false]);
    expect(others(destroyable)).toEqual(others(synthesize("prod")));
  });
});

describe("settings reach the resources", () => {
  test.each(["dev", "prod"] as const)("%s: project and default labels are the provider's", (name) => {
    const { project, labels } = environments[name]!;
    expect(synthesize(name).json.provider).toMatchObject({ google: [{ project, default_labels: labels }] });
  });

  test("dev runs what it builds from app/, each region from the copy on its continent, by digest; prod needs no Docker", () => {
    const images = synthesize("dev")
      .ofType("google_cloud_run_v2_service")
      .map(({ values }) => [values.location, blockOf(blockOf(values.template)?.containers)?.image]);
    const built = (continent: string) =>
      expect.stringMatching(
        new RegExp(
          `^${continent}-docker\\.pkg\\.dev/.+/inference@\\$\\{docker_registry_image\\..+\\.sha256_digest\\}$`,
        ),
      );
    expect(synthesize("dev").outputs.image).toEqual({ value: built("europe") });
    expect(images).toEqual([
      ["europe-west1", built("europe")],
      ["us-central1", built("us")],
    ]);
    expect(Object.keys(synthesize("prod").json.provider as object)).toEqual(["google"]);
    const given = synthesize("dev", { image: "docker.io/acme/chat:1", build: undefined });
    expect(Object.keys(given.json.provider as object)).toEqual(["google"]);
    expect(given.ofType("google_artifact_registry_repository")).toEqual([]);
  });

  test("dev keeps its registry while a variable names another image, needs no Docker then, and cleans up what it built", () => {
    const overridden = synthesize("dev", {}, { DEV_IMAGE: "docker.io/acme/chat:1" });
    const repositories = overridden.ofType("google_artifact_registry_repository");
    const built = synthesize("dev").ofType("google_artifact_registry_repository");
    expect(repositories.map(({ address, values }) => [address, values])).toEqual(
      built.map(({ address, values }) => [address, values]),
    );
    expect(Object.keys(overridden.json.provider as object)).toEqual(["google"]);
    expect(valuesAt(overridden, "immutable_tags")).toEqual([]);
    expect(valuesAt(overridden, "tag_state")).toEqual(["UNTAGGED", "TAGGED", "UNTAGGED", "TAGGED"]);
    expectTransition(synthesize("dev"), overridden, {
      removed: [
        "Image",
        "Image/Push europe-docker.pkg.dev",
        "Image/Push us-docker.pkg.dev",
        "Image/Tag us-docker.pkg.dev",
      ],
      changed: ["api/Service/europe-west1", "api/Service/us-central1"],
    });
    const kept = synthesize("dev", { destroyable: false }).ofType("google_artifact_registry_repository");
    for (const { values } of kept) {
      expect(values).toMatchObject({ docker_config: { immutable_tags: true }, lifecycle: { prevent_destroy: true } });
    }
  });

  test("no domain means plain HTTP, a domain means HTTPS with a redirect", () => {
    const ports = (document: TerraformDocument) =>
      [...new Set(valuesAt(document, "port_range"))].sort((a, b) => Number(a) - Number(b));
    expect(ports(synthesize("dev"))).toEqual(["80"]);
    expect(ports(synthesize("dev", { domains: ["dev.example.com"] }))).toEqual(["80", "443"]);
  });

  test("the model bucket is mounted and readable, and nothing more is granted", () => {
    const prod = synthesize("prod");
    expect(valuesAt(prod, "mount_path")).toEqual(["/models", "/models", "/models"]);
    expect(prod.ofType("google_storage_bucket_iam_member").map(({ values }) => [values.bucket, values.role])).toEqual([
      ["example-ai-api-prod-models", "roles/storage.objectViewer"],
    ]);
  });

  test.each([
    ["l4", "nvidia-l4", "8"],
    ["rtxPro6000", "nvidia-rtx-pro-6000", "20"],
  ] as const)("gpu %s", (gpu, accelerator, cpu) => {
    const service = { ...environments.prod!.service, gpu, cpu: Number(cpu), memoryMiB: cpu === "8" ? 32768 : 81920 };
    const prod = synthesize("prod", { service, regions: ["us-central1", "asia-southeast1"] });
    expect(new Set(valuesAt(prod, "accelerator"))).toEqual(new Set([accelerator]));
    expect(new Set(valuesAt(prod, "cpu"))).toEqual(new Set([cpu]));
  });

  test("a draining region runs on, without requests and without protection", () => {
    const prod = synthesize("prod", { drainingRegions: ["us-central1"] });
    const [backend] = prod.ofType("google_compute_backend_service");
    expect(prod.ofType("google_cloud_run_v2_service")).toHaveLength(3);
    expect(prod.references(backend!.values.backend)).toHaveLength(2);
    expect(valuesAt(prod, "deletion_protection")).toEqual([true, true, false]);
  });

  test("fails for a region with a typing error, suggesting the right one", () => {
    expect(() => synthesize("dev", { regions: ["europe-wset1"] })).toThrow('did you mean "europe-west1"?');
  });
});

test("on the way to prod's first request, nothing waits for what it does not need", () => {
  const document = synthesize("prod");
  const api = (name: string) => only(document, "google_project_service", `/${name}`).address;
  const binding = only(document, "google_storage_bucket_iam_member");
  expect(dependsOn(only(document, "google_service_account"))).toEqual([api("iam")]);
  expect(dependsOn(binding)).toEqual([api("storage")]);
  for (const service of document.ofType("google_cloud_run_v2_service"))
    expect(dependsOn(service)).toEqual([api("run"), binding.address]);
  for (const { values } of document.ofType("google_project_service")) expect(values).not.toHaveProperty("depends_on");
});
