import { isExpression } from "../../language/reference";
import { blockOf } from "../../topology/document";
import { isComputed, isKnown, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { bootImageOf, gpuOf, TEMPLATE_DOCS, TEMPLATES } from "./instance-template-model";

const CLOUD_PLATFORM = ["cloud-platform", "https://www.googleapis.com/auth/cloud-platform"];

const identityRules: readonly Rule[] = [
  resourceRule(
    {
      id: "template-service-account",
      title: "instances have a service account",
      severity: "warning",
      why: "Without the block they have no credentials: no private image, no logs, no metrics. Not an error, because an instance may need none of that.",
      fix: "set service_account with the email of an account of its own and scopes cloud-platform",
      source: `${TEMPLATE_DOCS}, service_account`,
    },
    TEMPLATES,
    (template, blame) => {
      if (!isSet(template.values.service_account) && !isComputed(template.values, "service_account"))
        blame("service_account", undefined);
    },
  ),
  blockRule(
    {
      id: "template-scope-cloud-platform",
      title: "the service account has the scope cloud-platform",
      severity: "warning",
      why: "Narrower scopes cut off what IAM allows, in ways that look like missing roles. Not an error, because they may be meant.",
      fix: 'set scopes = ["cloud-platform"] and limit the account by IAM roles',
      source: `${TEMPLATE_DOCS}, service_account.scopes`,
    },
    TEMPLATES,
    ["service_account"],
    ({ scopes }, blame) => {
      if (!Array.isArray(scopes) || !isKnown(scopes)) return;
      if (!textsOf(scopes).some((scope) => CLOUD_PLATFORM.includes(scope))) blame("scopes", scopes);
    },
  ),
];

const metadataRules: readonly Rule[] = [
  resourceRule(
    {
      id: "template-container-declaration",
      title: "containers are started by cloud-init, not by gce-container-declaration",
      why: "The agent that read it was shut down on 2026-07-31: the container does not start.",
      fix: "write a systemd unit that runs the container into metadata.user-data, as #cloud-config",
      source: "docs.cloud.google.com/compute/docs/containers/prepare-for-container-agent-shutdown, read 2026-11-22",
    },
    TEMPLATES,
    (template, blame) => {
      const declaration = blockOf(template.values.metadata)?.["gce-container-declaration"];
      if (isSet(declaration)) blame("metadata.gce-container-declaration", declaration);
    },
  ),
  resourceRule(
    {
      id: "template-startup-script",
      title: "the startup script is in metadata_startup_script or in metadata, not in both",
      why: "The provider refuses both.",
      fix: "keep one of metadata_startup_script and metadata.startup-script",
      source: TEMPLATE_DOCS,
    },
    TEMPLATES,
    (template, blame) => {
      const script = blockOf(template.values.metadata)?.["startup-script"];
      if (isSet(script) && isSet(template.values.metadata_startup_script)) blame("metadata.startup-script", script);
    },
  ),
  resourceRule(
    {
      id: "template-cloud-init",
      title: "user-data is something that cloud-init reads",
      why: "cloud-init passes over text without a first line that says what it is, and nothing is started.",
      fix: "begin user-data with #cloud-config, #! or a MIME header",
      source:
        "docs.cloud.google.com/container-optimized-os/docs/how-to/create-configure-instance, from general knowledge, 2026-11",
    },
    TEMPLATES,
    (template, blame) => {
      const data = blockOf(template.values.metadata)?.["user-data"];
      if (typeof data !== "string" || /^\s*(\$|%)\{/.test(data)) return;
      if (!/^(#|Content-Type:|MIME-Version:|From )/i.test(data)) blame("metadata.user-data", data.split("\n")[0]);
    },
  ),
  resourceRule(
    {
      id: "template-cloud-init-image",
      title: "an image that has cloud-init reads user-data",
      severity: "warning",
      why: "Google's Debian images have no cloud-init: user-data stays unread. Not an error, because the image may be one of your own.",
      fix: "use cos-cloud/cos-stable or an Ubuntu image, or a startup script",
      source: "docs.cloud.google.com/compute/docs/images/os-details, from general knowledge, 2026-11",
    },
    TEMPLATES,
    (template, blame) => {
      const image = bootImageOf(template);
      const data = blockOf(template.values.metadata)?.["user-data"];
      if (isSet(data) && /(^|\/)debian-(cloud|\d)/.test(image)) blame("disk.0.source_image", image);
    },
  ),
  resourceRule(
    {
      id: "template-cos-starts",
      title: "Container-Optimized OS is told what to run",
      severity: "warning",
      why: "The image runs nothing by itself. Not an error, because a script may be set for the whole project.",
      fix: "set metadata.user-data to a #cloud-config with a systemd unit that runs the container",
      source:
        "docs.cloud.google.com/container-optimized-os/docs/how-to/create-configure-instance, from general knowledge, 2026-11",
    },
    TEMPLATES,
    (template, blame) => {
      if (!/(^|\/)cos-(cloud|stable|\d)/.test(bootImageOf(template))) return;
      const { metadata, metadata_startup_script: script } = template.values;
      if (isExpression(metadata) || isSet(script)) return;
      const keys = Object.keys(blockOf(metadata) ?? {});
      if (!keys.some((key) => /^(user-data|startup-script(-url)?|gce-container-declaration)$/.test(key)))
        blame("metadata.user-data", undefined);
    },
  ),
  resourceRule(
    {
      id: "template-cos-gpu-driver",
      title: "Container-Optimized OS with a GPU installs the driver",
      severity: "warning",
      why: "The image has no GPU driver: the container does not see the GPU. Not an error, because the container may install it.",
      fix: "run cos-extensions install gpu in user-data before the container",
      source: "docs.cloud.google.com/container-optimized-os/docs/how-to/run-gpus, from general knowledge, 2026-11",
    },
    TEMPLATES,
    (template, blame) => {
      if (gpuOf(template) === undefined) return;
      if (!/(^|\/)cos-(cloud|stable|\d)/.test(bootImageOf(template))) return;
      const data = blockOf(template.values.metadata)?.["user-data"];
      if (typeof data !== "string" || /^\s*\$\{/.test(data)) return;
      if (!/cos-extensions|cos-gpu-installer|nvidia/i.test(data)) blame("metadata.user-data", data.split("\n")[0]);
    },
  ),
];

/** What instances run, and as whom. */
export const instanceTemplateMetadataRules: readonly Rule[] = [...identityRules, ...metadataRules];
