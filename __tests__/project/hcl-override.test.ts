import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map";
import { type TerraformResource, type TerraformStack, Testing } from "cdktf";
import { setInJsonAndHcl } from "../../lib/project/hcl-override";
import { only, synth, testStack } from "../support";

/** What a stack with one resource is in HCL, without indentation, and in JSON. */
function written(create: (stack: TerraformStack) => TerraformResource) {
  const stack = testStack();
  const { terraformResourceType } = create(stack);
  return {
    hcl: Testing.synthHcl(stack).replaceAll(/^\s+/gm, ""),
    values: only(synth(stack), terraformResourceType).values,
  };
}

const service = (stack: TerraformStack) =>
  new CloudRunV2Service(stack, "Service", {
    name: "chat",
    location: "europe-west1",
    template: { containers: [{ image: "a" }, { image: "b" }], volumes: [{ name: "models", gcs: { bucket: "m" } }] },
  });

test("an attribute of the resource", () => {
  const { hcl, values } = written((stack) => {
    const resource = service(stack);
    setInJsonAndHcl(resource, "default_uri_disabled", true);
    return resource;
  });
  expect(values.default_uri_disabled).toBe(true);
  expect(hcl).toContain("\ndefault_uri_disabled = true\n");
});

test("a block in one of several blocks is in that one, with the blocks in it", () => {
  const probe = { period_seconds: 5, http_get: { path: "/ready", port: 8080 } };
  const { hcl, values } = written((stack) => {
    const resource = service(stack);
    setInJsonAndHcl(resource, "template.containers.1.readiness_probe", probe);
    setInJsonAndHcl(resource, "template.volumes.0.gcs.mount_options", ["implicit-dirs"]);
    return resource;
  });
  expect(values.template).toMatchObject({ containers: [{ image: "a" }, { image: "b", readiness_probe: probe }] });
  expect(hcl).toContain(
    'containers {\nimage = "b"\nreadiness_probe {\nperiod_seconds = 5\nhttp_get {\npath = "/ready"\nport = 8080\n}\n}\n}',
  );
  expect(hcl).toMatch(/gcs \{\nbucket = "m"\nmount_options = \[\n"implicit-dirs",\n\]\n\}/);
});

test("blocks deep in lists, by their numbers", () => {
  const { hcl } = written((stack) => {
    const resource = new ComputeUrlMap(stack, "Map", {
      name: "main",
      pathMatcher: [
        {
          name: "a",
          defaultService: "x",
          routeRules: [
            { priority: 1, service: "x" },
            { priority: 2, service: "y" },
          ],
        },
      ],
    });
    const policies = {
      0: { route_rules: { 1: { route_action: { cache_policy: { cache_mode: "CACHE_ALL_STATIC" } } } } },
    };
    setInJsonAndHcl(resource, "path_matcher", policies);
    return resource;
  });
  expect(hcl).toContain(
    'priority = 2\nservice = "y"\nroute_action {\ncache_policy {\ncache_mode = "CACHE_ALL_STATIC"\n}\n}',
  );
});
