import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  CloudRunRegion,
  type CloudRunRegionProps,
  ContainerImage,
  GoogleProviderVersion,
  Probe,
  Volume,
} from "../../lib";
import { setGcsMountOptions, setNewerAttribute } from "../../lib/project/google-provider-version";
import type { Block } from "../../lib/topology/document";
import { only, synth, testStack } from "../support";

interface TerraformBlock {
  readonly required_providers: { readonly google: { readonly source: string; readonly version: string } };
}

function constraint(stack: TerraformStack): string {
  return (synth(stack).json.terraform as TerraformBlock).required_providers.google.version;
}

function pinned(version: string): TerraformStack {
  const stack = testStack();
  GoogleProviderVersion.of(stack).pin(version);
  return stack;
}

function addService(stack: TerraformStack, props: Partial<CloudRunRegionProps> = {}): CloudRunRegion {
  return new CloudRunRegion(stack, "Service", {
    region: "europe-west1",
    image: ContainerImage.fromReference("docker.io/library/nginx:1.29"),
    ...props,
  });
}

const READINESS = { readinessProbe: Probe.http("/ready") };
const MALFORMED =
  'allowed is a Terraform version constraint that starts at 6.50.0 or later, like "7.45.0", "~> 7.19" or ">= 6.50.0, < 9.0.0"; raise its lower bound to 6.50.0: the constructs use attributes that older providers do not have';

test("is one for the whole stack, wherever it is asked for", () => {
  const stack = testStack();
  const inner = new Construct(new Construct(stack, "A"), "B");
  expect(GoogleProviderVersion.of(inner)).toBe(GoogleProviderVersion.of(stack));
  expect(GoogleProviderVersion.of(testStack())).not.toBe(GoogleProviderVersion.of(stack));
});

describe("without a pin", () => {
  test("a stack without newer attributes keeps the version of the bindings", () => {
    const stack = testStack();
    addService(stack);
    expect(constraint(stack)).toBe("6.50.0");
  });

  test("only asking for the instance changes nothing", () => {
    const stack = testStack();
    GoogleProviderVersion.of(stack);
    expect(constraint(stack)).toBe("6.50.0");
  });

  test.each<[string, string, Partial<CloudRunRegionProps>]>([
    ["a readiness probe", ">= 7.19.0, < 8.0.0", READINESS],
    ["the default URL turned off", ">= 7.7.0, < 8.0.0", { defaultUrlDisabled: true }],
    [
      "mount options",
      ">= 7.4.0, < 8.0.0",
      { volumes: [Volume.gcs("/models", "my-models", { mountOptions: ["implicit-dirs"] })] },
    ],
  ])("%s raises it to %s", (_what, expected, props) => {
    const stack = testStack();
    addService(stack, props);
    expect(constraint(stack)).toBe(expected);
  });

  test("the newest attribute in use decides, in whatever order they come", () => {
    const stack = testStack();
    const version = GoogleProviderVersion.of(stack);
    version.require("7.7.0", "default_uri_disabled");
    version.require("7.19.0", "readiness_probe");
    version.require("7.4.0", "mount_options");
    expect(constraint(stack)).toBe(">= 7.19.0, < 8.0.0");
  });

  test("a stack beside it is not touched", () => {
    const stack = testStack();
    const other = new TerraformStack(stack.node.root, "other");
    addService(stack, READINESS);
    expect(GoogleProviderVersion.of(other)).not.toBe(GoogleProviderVersion.of(stack));
    expect(other.toTerraform()).not.toHaveProperty("terraform.required_providers");
  });
});

describe("pin", () => {
  test.each(["6.50.0", "7.45.0", "~> 7.19", ">= 6.50.0, < 8.0.0", ">= 7.19.0, < 9.0.0", "~> 8.0", "> 6.50.0"])(
    "asks for %s",
    (version) => {
      expect(constraint(pinned(version))).toBe(version);
    },
  );

  test("keeps the source of the provider", () => {
    const { google } = (synth(pinned("7.45.0")).json.terraform as TerraformBlock).required_providers;
    expect(google).toEqual({ source: "google", version: "7.45.0" });
  });

  test("the last one counts", () => {
    const stack = pinned("6.50.0");
    GoogleProviderVersion.of(stack).pin("7.45.0");
    expect(constraint(stack)).toBe("7.45.0");
  });

  test.each(["6.49.3", "~> 6.0", ">= 5.0", "< 8.0.0", "> 6.49.0"])(
    "fails for %p, which admits versions below the floor",
    (version) => {
      expect(() => pinned(version)).toThrow(
        `[test/GoogleProviderVersion] provider version: got "${version}", ${MALFORMED}`,
      );
    },
  );

  test.each(["", "latest", "^7.0.0", "7.x", "!= 7.1.0", ">= 7.0.0-rc1"])(
    "fails for %p, which is malformed",
    (version) => {
      expect(() => pinned(version)).toThrow(
        `[test/GoogleProviderVersion] provider version: got "${version}", ${MALFORMED}`,
      );
    },
  );

  test("fails for bounds that leave no version", () => {
    expect(() => pinned(">= 7.30.0, < 7.20.0")).toThrow(
      '[test/GoogleProviderVersion] provider version: got ">= 7.30.0, < 7.20.0", allowed is a constraint that admits at least one version; raise its upper bound above its lower bound',
    );
  });

  test("a refused pin leaves the stack as it was", () => {
    const stack = pinned("7.45.0");
    expect(() => GoogleProviderVersion.of(stack).pin("5.0.0")).toThrow();
    expect(constraint(stack)).toBe("7.45.0");
  });
});

describe("a newer attribute on a pinned stack", () => {
  test.each(["6.50.0", "~> 6.50", "7.18.0", "~> 7.18.0", ">= 6.50.0, < 7.19.0"])(
    "fails for a readiness probe on %s and names the version and the construct that need more",
    (version) => {
      const stack = pinned(version);
      expect(() => addService(stack, READINESS)).toThrow(
        `[test/GoogleProviderVersion] provider version: got "${version}", allowed is 7.19.0 or later, because of google_cloud_run_v2_service.readiness_probe at test/Service/Resource; pin hashicorp/google to "~> 7.19", or do without google_cloud_run_v2_service.readiness_probe at test/Service/Resource`,
      );
    },
  );

  test("fails in the same way when the pin comes after the attribute", () => {
    const stack = testStack();
    addService(stack, READINESS);
    expect(() => GoogleProviderVersion.of(stack).pin("~> 6.50")).toThrow(
      '[test/GoogleProviderVersion] provider version: got "~> 6.50", allowed is 7.19.0 or later, because of google_cloud_run_v2_service.readiness_probe at test/Service/Resource; pin hashicorp/google to',
    );
  });

  test.each([
    [">= 6.50.0, < 8.0.0", ">= 7.19.0, >= 6.50.0, < 8.0.0"],
    ["~> 7.0", ">= 7.19.0, ~> 7.0"],
  ])("raises a pin of %s whose lower versions lack it", (version, expected) => {
    const stack = pinned(version);
    addService(stack, READINESS);
    expect(constraint(stack)).toBe(expected);
  });

  test("raises a pin that comes after the attribute", () => {
    const stack = testStack();
    addService(stack, READINESS);
    GoogleProviderVersion.of(stack).pin(">= 6.50.0, < 8.0.0");
    expect(constraint(stack)).toBe(">= 7.19.0, >= 6.50.0, < 8.0.0");
  });

  test.each(["7.19.0", "~> 7.19", "7.45.0"])("leaves a pin of %s alone, which has it", (version) => {
    const stack = pinned(version);
    addService(stack, READINESS);
    expect(constraint(stack)).toBe(version);
  });
});

describe("the attributes", () => {
  function service(stack: TerraformStack): CloudRunV2Service {
    return new CloudRunV2Service(stack, "Service", {
      name: "chat",
      location: "europe-west1",
      template: {
        containers: [{ image: "docker.io/library/nginx:1.29" }],
        volumes: [
          { name: "a", gcs: { bucket: "first" } },
          { name: "b", gcs: { bucket: "second" } },
        ],
      },
    });
  }

  test("the readiness probe stands in the container, beside what the bindings wrote", () => {
    const stack = testStack();
    setNewerAttribute(service(stack), "readiness_probe", { period_seconds: 5 });
    expect((only(synth(stack), "google_cloud_run_v2_service").values.template as Block).containers).toEqual([
      { image: "docker.io/library/nginx:1.29", readiness_probe: { period_seconds: 5 } },
    ]);
  });

  test("the default URL is turned off on the service", () => {
    const stack = testStack();
    setNewerAttribute(service(stack), "default_uri_disabled", true);
    expect(only(synth(stack), "google_cloud_run_v2_service").values.default_uri_disabled).toBe(true);
  });

  test("mount options stand in the volume that they are for", () => {
    const stack = testStack();
    setGcsMountOptions(service(stack), "template.volumes.1", ["implicit-dirs"]);
    expect((only(synth(stack), "google_cloud_run_v2_service").values.template as Block).volumes).toEqual([
      { name: "a", gcs: { bucket: "first" } },
      { name: "b", gcs: { bucket: "second", mount_options: ["implicit-dirs"] } },
    ]);
  });

  test("fails for mount options on a stack pinned to an older provider", () => {
    const stack = pinned("6.50.0");
    expect(() => setGcsMountOptions(service(stack), "template.volumes.0", ["implicit-dirs"])).toThrow(
      '[test/GoogleProviderVersion] provider version: got "6.50.0", allowed is 7.4.0 or later, because of google_cloud_run_v2_service.mount_options at test/Service',
    );
  });

  test("fails for a turned-off default URL on a stack pinned to an older provider", () => {
    const stack = pinned("7.6.0");
    expect(() => setNewerAttribute(service(stack), "default_uri_disabled", true)).toThrow(
      '[test/GoogleProviderVersion] provider version: got "7.6.0", allowed is 7.7.0 or later, because of google_cloud_run_v2_service.default_uri_disabled at test/Service',
    );
  });
});
