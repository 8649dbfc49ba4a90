import { ComputeSubnetwork } from "@cdktf/provider-google/lib/compute-subnetwork";
import { type CloudRunRegionProps, ContainerImage, MultiRegionService, Probe, VpcEgressTraffic } from "../../../lib";
import { findingsOf, type Json } from "../../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { expectTransition } from "../../transition-support";
import { addRegion, construct, IMAGE, SERVICE, service, template } from "./region-stack";

function document(props: Partial<CloudRunRegionProps>) {
  const stack = testStack();
  addRegion(stack, props);
  return synth(stack);
}

describe("a VPC connector", () => {
  const connector = "projects/p/locations/europe-west1/connectors/c";

  test("takes the place of Direct VPC egress, and needs its API", () => {
    const result = document({ vpcConnector: { connector, traffic: VpcEgressTraffic.ALL_TRAFFIC } });
    expect(only(result, SERVICE).values.template).toMatchObject({ vpc_access: { connector, egress: "ALL_TRAFFIC" } });
    expect(dependsOn(only(result, SERVICE))).toContain(only(result, "google_project_service", "/vpcaccess").address);
    expect(template({ vpcConnector: { connector } }).vpc_access).toEqual({ connector, egress: "PRIVATE_RANGES_ONLY" });
  });

  test("is exchanged for Direct VPC egress in place", () => {
    const [before, after] = [document({ vpcConnector: { connector } }), document({ vpcEgress: { network: "n" } })];
    expectTransition(before, after, { changed: ["Chat"], removed: ["ProjectServices/vpcaccess"] });
  });

  test("fails beside Direct VPC egress, and for a bare name", () => {
    expect(construct({ vpcConnector: { connector }, vpcEgress: { network: "n" } })).toThrow(
      "allowed is none beside vpcEgress",
    );
    expect(construct({ vpcConnector: { connector: "c" } })).toThrow(
      'vpcConnector.connector: got "c", allowed is projects/PROJECT/locations/REGION/connectors/NAME',
    );
  });
});

describe("egress into a Shared VPC", () => {
  const subnetwork = "projects/host/regions/europe-west1/subnetworks/run";
  const USE = "google_compute_subnetwork_iam_member";
  const VIEW = "google_project_iam_member";

  test("is granted on request: the service waits for its agent's roles in the host project", () => {
    const result = document({ vpcEgress: { subnetwork, grantNetworkUse: true } });
    const project = result.resources.find(({ isData, type }) => isData && type === "google_project")!;
    const member = `serviceAccount:service-\${${project.address}.number}@serverless-robot-prod.iam.gserviceaccount.com`;
    const [use, view] = [only(result, USE), only(result, VIEW)];
    expect(attributes(use)).toEqual({
      subnetwork,
      project: "host",
      region: "europe-west1",
      role: "roles/compute.networkUser",
      member,
    });
    expect(attributes(view)).toEqual({ project: "host", role: "roles/compute.networkViewer", member });
    expect(dependsOn(only(result, SERVICE))).toEqual(expect.arrayContaining([use.address, view.address]));
    expect(dependsOn(use)).toContain(only(result, "google_project_service", "/run").address);
    expect(findingsOf(result.json as Json).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("is granted on a subnetwork given by reference too", () => {
    const stack = testStack();
    const subnet = new ComputeSubnetwork(stack, "Subnet", {
      name: "run",
      project: "host",
      network: "projects/host/global/networks/n",
      region: "europe-west1",
      ipCidrRange: "10.0.0.0/24",
    });
    addRegion(stack, { vpcEgress: { subnetwork: subnet.id, grantNetworkUse: true } });
    const result = synth(stack);
    const { address } = only(result, "google_compute_subnetwork");
    expect(only(result, USE).values.subnetwork).toBe(`\${${address}.id}`);
    expect(only(result, VIEW).values.project).toBe(`\${element(regex("projects/([^/]+)/", ${address}.id), 0)}`);
  });

  test("is left to the host project's administrators by default", () => {
    expect(document({ vpcEgress: { subnetwork } }).ofType(USE)).toEqual([]);
  });

  test("fails to grant for a subnetwork without its project", () => {
    for (const vpcEgress of [{ network: "n" }, { subnetwork: "run" }]) {
      expect(construct({ vpcEgress: { ...vpcEgress, grantNetworkUse: true } })).toThrow(
        /^\[test\/Chat] vpcEgress\.subnetwork: got .+, allowed is projects\/HOST_PROJECT\/regions/,
      );
    }
  });
});

describe("instances by hand", () => {
  test("a service runs just as many, and Cloud Run does not scale it", () => {
    expect(service({ manualInstances: 12 })).toMatchObject({
      scaling: { scaling_mode: "MANUAL", manual_instance_count: 12 },
      template: { scaling: { max_instance_count: 12 } },
    });
    expect(service({ manualInstances: 0 }).scaling).toEqual({ scaling_mode: "MANUAL", manual_instance_count: 0 });
    expect(service().scaling).toEqual({ scaling_mode: "AUTOMATIC", min_instance_count: 0 });
  });

  test("is switched to and from in place", () => {
    const [automatic, manual] = [document({}), document({ manualInstances: 2 })];
    expectTransition(automatic, manual, { changed: ["Chat"] });
    expectTransition(manual, automatic, { changed: ["Chat"] });
  });

  test("they count as warm: regions with them fail over by their health", () => {
    const stack = testStack();
    const regional = new MultiRegionService(stack, "Chat", {
      image: ContainerImage.fromReference(IMAGE),
      regions: ["europe-west1", "us-central1"],
      manualInstances: 2,
      readinessProbe: Probe.http("/ready"),
    });
    expect(regional.regions.map(({ reportsHealth }) => reportsHealth)).toEqual([true, true]);
    const found = findingsOf(synth(stack).json as Json);
    expect(found.filter(({ rule }) => /failover|manual|min/.test(rule))).toEqual([]);
  });

  test("fails beside a minimum, and for less than 0", () => {
    expect(construct({ manualInstances: 2, minInstances: 1 })).toThrow(
      "minInstances: got 1, allowed is 0 with manualInstances, which says how many there are",
    );
    expect(construct({ manualInstances: -1 })).toThrow("manualInstances: got -1");
  });
});

test("labels and annotations reach the service; Google's own namespaces are refused", () => {
  expect(service({ labels: { team: "ml" }, annotations: { "example.com/owner": "ml" } })).toMatchObject({
    labels: { team: "ml" },
    annotations: { "example.com/owner": "ml" },
  });
});

test("fails for an annotation in Google's namespace", () => {
  expect(construct({ annotations: { "run.googleapis.com/ingress": "all" } })).toThrow(
    /annotations: got .+, allowed is without keys of Google's and Knative's namespaces/,
  );
});
