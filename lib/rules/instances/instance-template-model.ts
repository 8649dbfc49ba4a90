import { builtInGpus, gpuMachineSize } from "../../google/machine-types";
import { gpuZones } from "../../google/regions";
import { blockOf, blocksOf, type Resource } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf, textOrDefault } from "../../topology/value";

export const TEMPLATES = "google_compute_instance_template|google_compute_region_instance_template";
export const TEMPLATE_DOCS = "provider documentation of google_compute_region_instance_template 7.45.0";

/** Whether instances may be taken away at any time; undefined where that is not known. */
export function isSpot(template: Resource): boolean | undefined {
  const scheduling = blockOf(template.values.scheduling);
  if (!scheduling) return isComputed(template.values, "scheduling") ? undefined : false;
  const model = textOrDefault(scheduling.provisioning_model, "STANDARD");
  const preemptible = isKnown(scheduling.preemptible) ? (booleanOf(scheduling.preemptible) ?? false) : undefined;
  if (model === "SPOT" || preemptible === true) return true;
  return model === undefined || preemptible === undefined ? undefined : false;
}

/** Why an instance has a GPU; undefined where it has none for sure, or may have none. */
export function gpuOf(template: Resource): string | undefined {
  const attached = blocksOf(template.values.guest_accelerator).find(({ count }) => (numberOf(count) ?? 0) > 0);
  if (attached) return textOf(attached.type) ?? "guest_accelerator";
  return builtInGpus(textOf(template.values.machine_type) ?? "")?.type;
}

/** The image of the boot disk, as far as it is known. */
export function bootImageOf(template: Resource): string {
  return textOf(blocksOf(template.values.disk)[0]?.source_image) ?? "";
}

/** The machine type of a template and what is attached to it, as the catalogue names them. */
export function gpuMachineOf(template: Resource): { type: string; attached?: string } | undefined {
  const type = textOf(template.values.machine_type);
  if (type === undefined || isComputed(template.values, "guest_accelerator")) return undefined;
  if (gpuMachineSize(type)) return { type };
  const attached = textOf(blocksOf(template.values.guest_accelerator)[0]?.type)?.split("/").at(-1);
  return attached === undefined ? undefined : { type, attached: attached.replace(/-vws$/, "") };
}

/** The zones of the region that have the machines' GPU; undefined where they are not known, and without GPU. */
export function zonesWithGpu(template: Resource, region: string | undefined): string[] | undefined {
  const machine = gpuMachineOf(template);
  return machine && region !== undefined ? gpuZones(machine.type, region, machine.attached) : undefined;
}
