import { api, provider, unconfirmed } from "../google/source";
import { isExpression } from "../language/reference";
import { blockOf, blocksOf } from "../topology/document";
import { bootImageOf, TEMPLATES } from "../topology/instance-groups";
import { booleanOf, isComputed, isSet, isUnset } from "../topology/value";
import { gpuOf } from "./gpus";
import { blocks, type Rule, rule } from "./rule";

const templates = blocks(TEMPLATES);
const cos = unconfirmed("docs.cloud.google.com/container-optimized-os/docs/how-to/create-configure-instance");
/** Container-Optimized OS, by image or family. */
const COS = /(^|\/)cos-(cloud|stable|\d)/;

/** What instances boot from, and what they start. */
export const instanceTemplateRules: readonly Rule[] = [
  rule("template-boot-image", templates, {
    title: "the boot disk must have an image, a snapshot or an existing disk",
    why: "Without one there is nothing to boot from: the API rejects the template.",
    fix: "set source_image on the first disk",
    source: api("Compute API v1")("AttachedDiskInitializeParams.sourceImage"),
    judge({ block }, blame) {
      const boot = blocksOf(block.disk)[0];
      if (!boot || isComputed(block, "disk")) return;
      if (["source_image", "source_snapshot", "source"].every((name) => isUnset(boot, name)))
        blame("disk.0.source_image", undefined);
    },
  }),
  rule("template-boot-first", templates, {
    title: "the first disk must be the boot disk, and no other",
    why: "The provider's plan fails where another disk says boot = true; where the first says false there is none.",
    fix: "list the boot disk first and remove boot from the others",
    source: provider("google_compute_instance_template 7.45.0, CustomizeDiff", "plan"),
    judge({ block }, blame) {
      if (isComputed(block, "disk")) return;
      blocksOf(block.disk).forEach(({ boot }, index) => {
        if (booleanOf(boot) === index > 0) blame(`disk.${index}.boot`, boot);
      });
    },
  }),
  rule("template-cloud-init", templates, {
    title: "user-data must be something that cloud-init reads",
    why: "cloud-init ignores text without a first line that says what it is, and nothing is started.",
    fix: "begin user-data with #cloud-config, #! or a MIME header",
    source: cos,
    judge({ block }, blame) {
      const data = blockOf(block.metadata)?.["user-data"];
      if (typeof data !== "string" || data === "" || /^\s*[$%]\{/.test(data)) return;
      if (!/^(#|Content-Type:|MIME-Version:|From )/i.test(data)) blame("metadata.user-data", data.split("\n")[0]);
    },
  }),
  rule("template-cloud-init-image", templates, {
    title: "user-data must go with an image that has cloud-init",
    why: "Google's Debian images have no cloud-init: user-data stays unread.",
    fix: "use cos-cloud/cos-stable or an Ubuntu image, or a startup script",
    source: unconfirmed("docs.cloud.google.com/compute/docs/images/os-details"),
    judge({ resource, block }, blame) {
      const image = bootImageOf(resource);
      const data = blockOf(block.metadata)?.["user-data"];
      if (isSet(data) && /(^|\/)debian-(cloud|\d)/.test(image)) blame("disk.0.source_image", image);
    },
  }),
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
    why: "The image has no GPU driver: the container does not see the GPU, unless it brings the driver itself.",
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
