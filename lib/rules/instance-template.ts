import { unconfirmed } from "../google/source";
import { isExpression } from "../language/reference";
import { blockOf } from "../topology/document";
import { bootImageOf, TEMPLATES } from "../topology/instance-groups";
import { isUnset } from "../topology/value";
import { gpuOf } from "./gpus";
import { blocks, type Rule, rule } from "./rule";

const templates = blocks(TEMPLATES);
const cos = unconfirmed("docs.cloud.google.com/container-optimized-os/docs/how-to/create-configure-instance");
/** Container-Optimized OS, by image or family. */
const COS = /(^|\/)cos-(cloud|stable|\d)/;

/** What instances boot from, and what they start. */
export const instanceTemplateRules: readonly Rule[] = [
  rule("template-cos-starts", templates, {
    title: "Container-Optimized OS must be told what to run",
    why: "The image runs nothing by itself, unless a script is set for the whole project.",
    fix: "set metadata.user-data to a #cloud-config with a systemd unit that runs the container",
    source: cos,
    judge({ resource, block }, blame) {
      const { metadata } = block;
      if (!COS.test(bootImageOf(resource)) || isExpression(metadata) || !isUnset(block, "metadata_startup_script"))
        return;
      const keys = Object.keys(blockOf(metadata) ?? {});
      if (!keys.some((key) => /^(user-data|startup-script(-url)?|gce-container-declaration)$/.test(key)))
        blame("metadata.user-data", undefined);
    },
  }),
  rule("template-cos-gpu-driver", templates, {
    title: "Container-Optimized OS with a GPU must install the driver",
    why: "The container does not see the GPU, unless it brings the driver itself.",
    fix: "run cos-extensions install gpu in user-data before the container",
    source: unconfirmed("docs.cloud.google.com/container-optimized-os/docs/how-to/run-gpus"),
    judge({ resource, block }, blame) {
      if (gpuOf(resource) === undefined || !COS.test(bootImageOf(resource))) return;
      const data = blockOf(block.metadata)?.["user-data"];
      if (typeof data !== "string" || /^\s*\$\{/.test(data)) return;
      if (!/cos-extensions|cos-gpu-installer|nvidia/i.test(data)) blame("metadata.user-data", data.split("\n")[0]);
    },
  }),
];
