import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { templatesOf, workloadsOf } from "../../lib/topology/workloads";

const template = (image: string) => ({ containers: [{ image, env: [{ name: "PORT", value: "1" }] }] });
const TAGGED = "docker.io/acme/model:v1";

/** Two regions with the same template, one with another. */
function threeRegions(): TerraformDocument {
  const service = (location: string, image: string, values = {}) => ({
    name: "model",
    location,
    template: template(image),
    ...values,
  });
  return TerraformDocument.parse({
    resource: {
      google_cloud_run_v2_service: {
        us: service("us-central1", TAGGED, { deletion_protection: true }),
        eu: service("europe-west1", TAGGED, { deletion_protection: false }),
        asia: service("asia-east1", "docker.io/acme/model:v2"),
      },
    },
  });
}

const found = (rule: string) =>
  evaluate(threeRegions(), allRules).findings.flatMap((each) =>
    each.rule === rule ? [`${each.address.split(".")[1]} ${each.attribute}`] : [],
  );

test("equal templates are read once, and each workload has its own region", () => {
  const topology = new Topology(threeRegions());
  expect(templatesOf(topology).map(({ alike }) => alike.map(({ name }) => name))).toEqual([["us", "eu"], ["asia"]]);
  expect(workloadsOf(topology).map(({ resource, region }) => [resource.name, region])).toEqual([
    ["us", "us-central1"],
    ["eu", "europe-west1"],
    ["asia", "asia-east1"],
  ]);
});

test("what is wrong in a template is reported for every resource that has it", () => {
  const at = "template.containers.0.env.0.name";
  expect(found("run-env-port")).toEqual([`us ${at}`, `eu ${at}`, `asia ${at}`]);
});

test("what else decides is asked of each resource", () => {
  expect(found("security-image-digest")).toEqual(["us template.containers.0.image"]);
});
