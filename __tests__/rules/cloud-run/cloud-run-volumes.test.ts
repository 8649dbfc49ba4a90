import { cloudRunVolumeRules } from "../../../lib/rules/cloud-run/cloud-run-volumes";
import { describeRules, findingsOf, type Json, resourceAt, wrongValues } from "../rule-support";
import { WEB, workloads } from "./cloud-run-document";

const MOUNTS = "template.containers.0.volume_mounts";
const VOLUMES = "template.volumes";

describeRules(cloudRunVolumeRules, workloads, [
  ...wrongValues("run-volume-kind", WEB, `${VOLUMES}.0`, { name: "models" }),
  ...wrongValues("run-volume-kind", WEB, `${VOLUMES}.0.empty_dir`, {}),
  ...wrongValues("run-volume-names", WEB, `${VOLUMES}.1.name`, "models"),
  ...wrongValues("run-volume-mounted", WEB, `${MOUNTS}.0.name`, "model"),
  ...wrongValues("run-volume-unused", WEB, MOUNTS, [{ name: "models", mount_path: "/models" }]),
  ...wrongValues("run-mount-paths", WEB, `${MOUNTS}.1.mount_path`, "/models", "/models/"),
  ...wrongValues("run-volume-sql-path", WEB, `${MOUNTS}.2.mount_path`, "/sql"),
  ...wrongValues("run-volume-sql-path", WEB, `${MOUNTS}.0.mount_path`, ""),
  ...wrongValues("run-volume-gen2", WEB, "template.execution_environment", "EXECUTION_ENVIRONMENT_GEN1"),
  ...wrongValues("run-volume-nfs-network", WEB, "template.vpc_access", undefined),
  ...wrongValues("run-volume-size", WEB, `${VOLUMES}.3.empty_dir.size_limit`, "512 MB", "half"),
  ...wrongValues("run-volume-memory", WEB, `${VOLUMES}.3.empty_dir.size_limit`, "4Gi"),
  ...wrongValues("run-volume-disk-stage", WEB, `${VOLUMES}.3.empty_dir.medium`, "DISK"),
]);

const silent: readonly (readonly [string, (template: Json, container: Json) => void])[] = [
  ["volumes that Terraform computes", (template) => Object.assign(template, { volumes: "${var.volumes}" })],
  [
    "volumes in dynamic blocks",
    (template) => {
      delete template.volumes;
      template.dynamic = { volumes: { for_each: "${var.volumes}", content: {} } };
    },
  ],
  [
    "mounts in dynamic blocks",
    (_template, container) => {
      delete container.volume_mounts;
      container.dynamic = { volume_mounts: { for_each: "${var.volumes}", content: {} } };
    },
  ],
  [
    "a volume of a name that Terraform computes",
    (template) => {
      (template.volumes as Json[])[0]!.name = "${var.volume}";
    },
  ],
  [
    "an NFS server by name without a network path",
    (template) => {
      delete template.vpc_access;
      (template.volumes as Json[])[4]!.nfs = { server: "nfs.example.com", path: "/share" };
    },
  ],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = workloads();
  const template = resourceAt(document, WEB).template as Json;
  change(template, (template.containers as Json[])[0]!);
  expect(findingsOf(document).filter((finding) => /^run-(volume|mount)/.test(finding.rule))).toEqual([]);
});
