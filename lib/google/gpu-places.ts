import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { gpuMachineSize } from "./machine-types";
import { nearestRegions } from "./nearest-regions";
import { regionFacts } from "./regions";

/**
 * Where Compute Engine has each kind of GPU machine: per region the letters of its zones, or "" where only the region is known.
 *
 * Regions: docs.cloud.google.com/compute/docs/gpus/gpu-regions-zones, read 2026-10-01. Zones: SkyPilot's catalogue of Google Cloud, taken from the Compute Engine API in 2026
 * (stored copy read 2026-11-22); V100 from general knowledge. G4 zones were not found.
 */
const PLACES: Readonly<Record<string, string>> = {
  g2: "asia-east1:abc asia-northeast1:abc asia-northeast3:ab asia-south1:abc asia-southeast1:abc europe-west1:bc europe-west2:ab europe-west3:ab europe-west4:abc europe-west6:bc me-central2:ac northamerica-northeast1:bc northamerica-northeast2:ab us-central1:abc us-east1:bcd us-east4:ac us-west1:abc us-west4:ac",
  g4: "asia-east1: asia-northeast1: asia-south1: asia-south2: asia-southeast1: asia-southeast2: europe-north1: europe-west1: europe-west10: europe-west2: europe-west4: europe-west8: me-central2: southamerica-east1: us-central1: us-east1: us-east4: us-east5: us-south1: us-west1: us-west3: us-west4:",
  a2: "asia-northeast1:ac asia-northeast3:ab asia-southeast1:abc europe-west4:ab me-west1:ac us-central1:abcf us-east1:b us-west1:b us-west3:b us-west4:b",
  "a2-mega": "asia-southeast1:ac europe-west4:ab us-central1:abcf",
  "a2-ultra": "asia-southeast1:c europe-west4:a us-central1:ac us-east4:c us-east5:ab",
  "a3-high":
    "asia-east1:c asia-northeast1:b asia-northeast3: asia-south1:c asia-south2:b asia-southeast1:bc australia-southeast1:c australia-southeast2: europe-north1:c europe-west1:bc europe-west2: europe-west3:c europe-west4:bc europe-west8: europe-west9:c northamerica-northeast2: us-central1:abc us-east4:abc us-east5:a us-west1:ab us-west4:a",
  "a3-edge":
    "asia-northeast1:b asia-northeast3:ac asia-south1:c asia-southeast1:bc europe-west2:b europe-west3:ac europe-west4:bc europe-west9:c northamerica-northeast2:c us-central1:abc us-east4:abc us-east5:a us-west1:ab us-west4:a",
  "a3-mega":
    "asia-east1:c asia-northeast1:b asia-northeast3:ac asia-south1:c asia-south2: asia-southeast1:bc australia-southeast1:c australia-southeast2: europe-north1:c europe-west1:bc europe-west2: europe-west3:ac europe-west4:bc europe-west9: northamerica-northeast2:c us-central1:abc us-east4:abc us-east5:a us-west1:ab us-west4:a",
  "a3-ultra": "asia-south1:b asia-south2:c europe-west1:b europe-west4:a us-central1:b us-east4:b us-east5:a us-south1:b us-west1:c",
  a4: "asia-northeast1:b asia-southeast1:b europe-north1:b europe-west1: europe-west4:b us-central1:b us-east1:b us-east4:b us-south1:b us-west2:c us-west3:bc",
  "nvidia-tesla-t4":
    "asia-east1:ac asia-east2:ac asia-northeast1:ac asia-northeast3:bc asia-south1:ab asia-southeast1:abc asia-southeast2:ab australia-southeast1:ac europe-central2:bc europe-west1:bcd europe-west2:ab europe-west3:b europe-west4:abc me-west1:bc northamerica-northeast1:c southamerica-east1:abc us-central1:abcf us-east1:bcd us-east4:abc us-west1:ab us-west2:bc us-west3:b us-west4:ab",
  "nvidia-tesla-v100": "asia-east1:c europe-west4:a us-central1:abcf us-east1:c us-west1:ab",
  "nvidia-tesla-p100": "asia-east1:ac australia-southeast1:b europe-west1:bd europe-west4:a us-central1:cf us-east1:bc us-west1:ab",
  "nvidia-tesla-p4": "asia-southeast1:abc australia-southeast1:ab europe-west4:bc northamerica-northeast1:abc us-central1:ac us-east4:abc us-west2:bc",
};

const ZONES: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> = new Map(
  Object.entries(PLACES).map(([place, regions]) => [
    place,
    new Map(
      regions.split(" ").map((entry): [string, readonly string[]] => {
        const [region = "", letters = ""] = entry.split(":");
        return [region, [...letters].map((letter) => `${region}-${letter}`)];
      }),
    ),
  ]),
);

/** The regions that have the GPUs of a machine type, or of an accelerator attached to N1; undefined where the catalogue does not know them. */
export function gpuRegions(machineType: string, attached?: string): string[] | undefined {
  const places = ZONES.get(attached ?? gpuMachineSize(machineType)?.place ?? "");
  return places && [...places.keys()];
}

/**
 * The zones of a region that have a machine type with its GPU, for the distribution of a group: a zone without it never gets a machine.
 *
 * @param attached The accelerator type attached to an N1 machine.
 * @returns undefined where they are not known, and for machines without GPU, which every zone has.
 */
export function gpuZones(machineType: string, region: string, attached?: string): string[] | undefined {
  const zones = ZONES.get(attached ?? gpuMachineSize(machineType)?.place ?? "")?.get(region);
  return zones && zones.length > 0 ? [...zones] : undefined;
}

/** Throws where the region does not sell the machine type's GPU, with the nearest regions that do. */
export function checkGpuSold(where: IConstruct, machineType: string, region: string, attached?: string): void {
  regionFacts(where, region);
  const regions = gpuRegions(machineType, attached);
  if (!regions || regions.includes(region)) return;
  const nearby = nearestRegions(region, regions).slice(0, 3);
  throw new ValidationError(where, {
    what: attached === undefined ? "machineType" : "attachedGpu",
    got: `${attached ?? machineType} in ${region}`,
    allowed: regions.join(", "),
    fix: `Compute Engine does not sell it there: the nearest regions that have it are ${nearby.join(", ")}`,
  });
}
