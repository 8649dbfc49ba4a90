import { cloudRunNetworkRules } from "../../../lib/rules/cloud-run/cloud-run-network";
import { describeRules, findingsOf, type Json, resourceAt, wrongValues } from "../rule-support";
import { POOL, WEB, workloads } from "./cloud-run-document";

const CONNECTOR = "projects/p/locations/us-central1/connectors/c";
const ACCESS = "template.vpc_access";

describeRules(cloudRunNetworkRules, workloads, [
  ...wrongValues("run-vpc-way", WEB, `${ACCESS}.connector`, "projects/p/locations/europe-west4/connectors/c"),
  ...wrongValues("run-vpc-interface", WEB, `${ACCESS}.network_interfaces`, [{ tags: ["web"] }]),
  ...wrongValues("run-vpc-region", WEB, ACCESS, { connector: CONNECTOR }),
  ...wrongValues(
    "run-vpc-region",
    WEB,
    `${ACCESS}.network_interfaces.0.subnetwork`,
    "projects/p/regions/us-central1/subnetworks/s",
  ),
  {
    rule: "run-vpc-region",
    address: WEB,
    change: (document) => {
      resourceAt(document, "google_compute_subnetwork.run").region = "us-central1";
    },
  },
  {
    rule: "run-vpc-subnet-size",
    address: WEB,
    change: (document) => {
      resourceAt(document, "google_compute_subnetwork.run").ip_cidr_range = "10.1.0.0/27";
    },
  },
  ...wrongValues(
    "run-key-region",
    WEB,
    "template.encryption_key",
    "projects/p/locations/global/keyRings/r/cryptoKeys/k",
  ),
  {
    rule: "run-key-region",
    address: POOL,
    change: (document) => {
      resourceAt(document, "google_kms_key_ring.main").location = "us-central1";
    },
  },
  ...wrongValues(
    "run-key-name",
    WEB,
    "template.encryption_key",
    "my-key",
    "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
  ),
  ...wrongValues("run-key-shutdown", POOL, "template.encryption_key_revocation_action", "PREVENT_NEW", undefined),
]);

test.each([
  ["a subnetwork of another stack", { network_interfaces: [{ subnetwork: "${data.google_compute_subnetwork.x.id}" }] }],
  ["a subnetwork by its short name", { network_interfaces: [{ network: "main", subnetwork: "run" }] }],
  ["a connector that Terraform computes", { connector: "${var.connector}" }],
  ["interfaces that Terraform computes", { network_interfaces: "${var.interfaces}" }],
])("says nothing of %s", (_title, access) => {
  const document = workloads();
  const template = resourceAt(document, WEB).template as Json;
  template.vpc_access = access;
  template.encryption_key = "${var.key}";
  const ids = cloudRunNetworkRules.map((rule) => rule.id);
  expect(findingsOf(document).filter((finding) => ids.includes(finding.rule))).toEqual([]);
});
