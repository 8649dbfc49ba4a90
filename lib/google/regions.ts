import { gpuMachineSize } from "./machine-types";

/** `ga`: anyone with quota; `invite`: only projects that Google has admitted. */
export type GpuAvailability = "ga" | "invite";

/** Somewhere on Earth, in degrees; north and east are positive. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** What is known of a Google Cloud region. */
export interface RegionFacts extends Place {
  readonly name: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2 code. */
  readonly country: string;
  /** AF, AS, EU, NA, OC or SA. */
  readonly continent: string;
  /** Price tier of Cloud Run: tier 2 costs more. */
  readonly cloudRunTier: 1 | 2;
  /** Carbon intensity of the grid, in gCO2eq/kWh; absent where Google does not publish it. */
  readonly gramsCo2PerKwh?: number;
  /** Where Cloud Run sells this GPU; absent where it does not. */
  readonly gpus: { readonly l4?: GpuAvailability; readonly rtxPro6000?: GpuAvailability };
  /**
   * Zones in which Compute Engine has a kind of GPU machine, or a GPU for N1; empty where only the
   * region is known.
   */
  readonly gpuZones: ReadonlyMap<string, readonly string[]>;
}

/**
 * The 43 public regions. A region keeps its position in this list, from which addresses of subnets
 * are derived: add new regions at the end.
 *
 * Coordinates: GoogleCloudPlatform/gcping, read 2026-10-01. Tiers and Cloud Run GPUs:
 * docs.cloud.google.com/run/docs/locations and run/docs/configuring/services/gpu, read 2026-10-01.
 * Carbon: GoogleCloudPlatform/region-carbon-info, read 2026-10-01.
 * GPU machines, with the letters of their zones: regions after
 * docs.cloud.google.com/compute/docs/gpus/gpu-regions-zones, read 2026-10-01; zones after
 * SkyPilot's catalogue of 2026, taken from the Compute Engine API (stored copy read 2026-11-22),
 * V100 from general knowledge. G4 zones were not found.
 */
// biome-ignore format: one row for each region
export const REGIONS: readonly RegionFacts[] = [
  region("africa-south1", "Johannesburg", "ZA", "AF", -26.17, 27.88, 2, 657, {}, ""),
  region("asia-east1", "Taiwan", "TW", "AS", 24.05, 120.52, 1, 439, {}, "g2:abc g4 a3-high:c a3-mega:c t4:ac v100:c p100:ac"),
  region("asia-east2", "Hong Kong", "HK", "AS", 22.32, 114.17, 2, 505, {}, "t4:ac"),
  region("asia-northeast1", "Tokyo", "JP", "AS", 35.68, 139.65, 1, 453, {}, "g2:abc g4 a2:ac a3-high:b a3-edge:b a3-mega:b a4:b t4:ac"),
  region("asia-northeast2", "Osaka", "JP", "AS", 34.69, 135.5, 1, 296, {}, ""),
  region("asia-northeast3", "Seoul", "KR", "AS", 37.57, 126.98, 2, 357, {}, "g2:ab a2:ab a3-high a3-edge:ac a3-mega:ac t4:bc"),
  region("asia-south1", "Mumbai", "IN", "AS", 19.08, 72.88, 1, 679, { l4: "invite" }, "g2:abc g4 a3-high:c a3-edge:c a3-mega:c a3-ultra:b t4:ab"),
  region("asia-south2", "Delhi", "IN", "AS", 28.7, 77.1, 2, 532, { rtxPro6000: "invite" }, "g4 a3-high:b a3-mega a3-ultra:c"),
  region("asia-southeast1", "Singapore", "SG", "AS", 1.35, 103.82, 2, 367, { l4: "ga", rtxPro6000: "ga" }, "g2:abc g4 a2:abc a2-mega:ac a2-ultra:c a3-high:bc a3-edge:bc a3-mega:bc a4:b t4:abc p4:abc"),
  region("asia-southeast2", "Jakarta", "ID", "AS", -6.21, 106.85, 2, 561, {}, "g4 t4:ab"),
  region("asia-southeast3", "Bangkok", "TH", "AS", 13.75, 100.49, 1, undefined, {}, ""),
  region("australia-southeast1", "Sydney", "AU", "OC", -33.87, 151.21, 2, 498, {}, "a3-high:c a3-mega:c t4:ac p100:b p4:ab"),
  region("australia-southeast2", "Melbourne", "AU", "OC", -37.81, 144.96, 2, 454, {}, "a3-high a3-mega"),
  region("europe-central2", "Warsaw", "PL", "EU", 52.23, 21.01, 2, 643, {}, "t4:bc"),
  region("europe-north1", "Finland", "FI", "EU", 60.54, 27.12, 1, 39, {}, "g4 a3-high:c a3-mega:c a4:b"),
  region("europe-north2", "Stockholm", "SE", "EU", 60.29, 16.39, 1, 3, {}, ""),
  region("europe-southwest1", "Madrid", "ES", "EU", 40.52, -3.34, 1, 89, {}, ""),
  region("europe-west1", "Belgium", "BE", "EU", 50.47, 3.87, 1, 103, { l4: "ga" }, "g2:bc g4 a3-high:bc a3-mega:bc a3-ultra:b a4 t4:bcd p100:bd"),
  region("europe-west10", "Berlin", "DE", "EU", 52.26, 13.57, 2, 276, {}, "g4"),
  region("europe-west12", "Turin", "IT", "EU", 45.15, 7.74, 2, 202, {}, ""),
  region("europe-west2", "London", "GB", "EU", 51.51, -0.13, 2, 106, {}, "g2:ab g4 a3-high a3-edge:b a3-mega t4:ab"),
  region("europe-west3", "Frankfurt", "DE", "EU", 50.11, 8.68, 2, 276, {}, "g2:ab a3-high:c a3-edge:ac a3-mega:ac t4:b"),
  region("europe-west4", "Netherlands", "NL", "EU", 53.43, 6.86, 1, 209, { l4: "ga", rtxPro6000: "ga" }, "g2:abc g4 a2:ab a2-mega:ab a2-ultra:a a3-high:bc a3-edge:bc a3-mega:bc a3-ultra:a a4:b t4:abc v100:a p100:a p4:bc"),
  region("europe-west6", "Zurich", "CH", "EU", 47.38, 8.54, 2, 15, {}, "g2:bc"),
  region("europe-west8", "Milan", "IT", "EU", 45.47, 9.19, 1, 202, {}, "g4 a3-high"),
  region("europe-west9", "Paris", "FR", "EU", 48.9, 2.3, 1, 16, {}, "a3-high:c a3-edge:c a3-mega"),
  region("me-central1", "Doha", "QA", "AS", 25.24, 51.51, 2, 366, {}, ""),
  region("me-central2", "Dammam", "SA", "AS", 26.36, 49.68, 2, 382, {}, "g2:ac g4"),
  region("me-west1", "Tel Aviv", "IL", "AS", 32.09, 34.77, 1, 434, {}, "a2:ac t4:bc"),
  region("northamerica-northeast1", "Montréal", "CA", "NA", 45.5, -73.57, 2, 5, {}, "g2:bc t4:c p4:abc"),
  region("northamerica-northeast2", "Toronto", "CA", "NA", 43.74, -79.37, 2, 59, {}, "g2:ab a3-high a3-edge:c a3-mega:c"),
  region("northamerica-south1", "México", "MX", "NA", 20.59, -100.39, 1, 305, {}, ""),
  region("southamerica-east1", "São Paulo", "BR", "SA", -23.55, -46.63, 2, 67, {}, "g4 t4:abc"),
  region("southamerica-west1", "Santiago", "CL", "SA", -33.45, -70.67, 2, 238, {}, ""),
  region("us-central1", "Iowa", "US", "NA", 41.22, -95.86, 1, 413, { l4: "ga", rtxPro6000: "ga" }, "g2:abc g4 a2:abcf a2-mega:abcf a2-ultra:ac a3-high:abc a3-edge:abc a3-mega:abc a3-ultra:b a4:b t4:abcf v100:abcf p100:cf p4:ac"),
  region("us-east1", "South Carolina", "US", "NA", 33.2, -80.01, 1, 576, {}, "g2:bcd g4 a2:b a4:b t4:bcd v100:c p100:bc"),
  region("us-east4", "North Virginia", "US", "NA", 39.04, -77.49, 1, 323, { l4: "ga" }, "g2:ac g4 a2-ultra:c a3-high:abc a3-edge:abc a3-mega:abc a3-ultra:b a4:b t4:abc p4:abc"),
  region("us-east5", "Columbus", "US", "NA", 39.96, -83, 1, 323, {}, "g4 a2-ultra:ab a3-high:a a3-edge:a a3-mega:a a3-ultra:a"),
  region("us-south1", "Dallas", "US", "NA", 32.78, -96.81, 1, 303, {}, "g4 a3-ultra:b a4:b"),
  region("us-west1", "Oregon", "US", "NA", 45.64, -121.2, 1, 79, {}, "g2:abc g4 a2:b a3-high:ab a3-edge:ab a3-mega:ab a3-ultra:c t4:ab v100:ab p100:ab"),
  region("us-west2", "Los Angeles", "US", "NA", 34.05, -118.24, 2, 169, {}, "a4:c t4:bc p4:bc"),
  region("us-west3", "Salt Lake City", "US", "NA", 40.76, -111.89, 2, 555, {}, "g4 a2:b a4:bc t4:b"),
  region("us-west4", "Las Vegas", "US", "NA", 36.06, -115.01, 2, 357, {}, "g2:ac g4 a2:b a3-high:a a3-edge:a a3-mega:a t4:ab"),
];

function region(
  name: string,
  city: string,
  country: string,
  continent: string,
  latitude: number,
  longitude: number,
  cloudRunTier: 1 | 2,
  gramsCo2PerKwh: number | undefined,
  gpus: RegionFacts["gpus"],
  machines: string,
): RegionFacts {
  const zones = machines
    .split(" ")
    .filter(Boolean)
    .map((entry) => entry.split(":"));
  const gpuZones = new Map(zones.map(([kind = "", letters = ""]) => [kind, [...letters].map((letter) => `${name}-${letter}`)]));
  return { name, city, country, continent, latitude, longitude, cloudRunTier, gramsCo2PerKwh, gpus, gpuZones };
}

/**
 * Regions of AWS and Azure, by the region that is at the same place or nearest to it: for whoever
 * brings a name along. Places from general knowledge; they only word a suggestion.
 */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "africa-south1": "af-south-1 southafricanorth southafricawest",
  "asia-east1": "ap-east-2",
  "asia-east2": "ap-east-1 eastasia",
  "asia-northeast1": "ap-northeast-1 japaneast",
  "asia-northeast2": "ap-northeast-3 japanwest",
  "asia-northeast3": "ap-northeast-2 koreacentral koreasouth",
  "asia-south1": "ap-south-1 ap-south-2 centralindia westindia southindia",
  "asia-southeast1": "ap-southeast-1 ap-southeast-5 southeastasia malaysiawest",
  "asia-southeast2": "ap-southeast-3 indonesiacentral",
  "asia-southeast3": "ap-southeast-7",
  "australia-southeast1": "ap-southeast-2 australiaeast australiacentral",
  "australia-southeast2": "ap-southeast-4 australiasoutheast",
  "europe-central2": "polandcentral",
  "europe-north2": "eu-north-1 swedencentral norwayeast",
  "europe-southwest1": "eu-south-2 spaincentral",
  "europe-west10": "germanynorth",
  "europe-west2": "eu-west-1 eu-west-2 northeurope uksouth ukwest",
  "europe-west3": "eu-central-1 germanywestcentral",
  "europe-west4": "westeurope",
  "europe-west6": "eu-central-2 switzerlandnorth switzerlandwest",
  "europe-west8": "eu-south-1 italynorth",
  "europe-west9": "eu-west-3 francecentral francesouth",
  "me-central1": "me-central-1 qatarcentral uaenorth uaecentral",
  "me-central2": "me-south-1",
  "me-west1": "il-central-1 israelcentral",
  "northamerica-northeast1": "ca-central-1 canadaeast",
  "northamerica-northeast2": "canadacentral",
  "northamerica-south1": "mx-central-1 mexicocentral",
  "southamerica-east1": "sa-east-1 brazilsouth brazilsoutheast",
  "southamerica-west1": "chilecentral",
  "us-central1": "centralus",
  "us-east4": "us-east-1 eastus eastus2",
  "us-east5": "us-east-2 northcentralus",
  "us-south1": "southcentralus",
  "us-west1": "us-west-2 westus2",
  "us-west2": "us-west-1 westus",
  "us-west3": "westcentralus",
  "us-west4": "westus3",
};

/** The region at or nearest to the place of a region of AWS or Azure. */
export const regionElsewhere = (name: string): string | undefined => Object.keys(ELSEWHERE).find((region) => ELSEWHERE[region]!.split(" ").includes(name));

const BY_NAME = new Map(REGIONS.map((facts) => [facts.name, facts]));

/** The facts of a region; undefined for a name that is none. */
export const findRegion = (name: string): RegionFacts | undefined => BY_NAME.get(name);

/**
 * The regions that have the GPUs of a machine type, or of an accelerator attached to N1; undefined
 * where the catalogue does not know them.
 */
export function gpuRegions(machineType: string, attached?: string): string[] | undefined {
  const kind = gpuKind(machineType, attached);
  const regions = REGIONS.filter(({ gpuZones }) => gpuZones.has(kind)).map(({ name }) => name);
  return regions.length > 0 ? regions : undefined;
}

/**
 * The zones of a region that have a machine type with its GPU, for the distribution of a group: a
 * zone without it never gets a machine.
 *
 * @param attached The accelerator type attached to an N1 machine.
 * @returns undefined where they are not known, and for machines without GPU, which every zone has.
 */
export function gpuZones(machineType: string, region: string, attached?: string): string[] | undefined {
  const zones = BY_NAME.get(region)?.gpuZones.get(gpuKind(machineType, attached));
  return zones && zones.length > 0 ? [...zones] : undefined;
}

const gpuKind = (machineType: string, attached?: string) => attached?.replace(/^nvidia-tesla-/, "") ?? gpuMachineSize(machineType)?.place ?? "";

/**
 * The candidates in the order of their distance from `region`; those whose place is not known come
 * last.
 */
export function nearestRegions(region: string, candidates: readonly string[]): string[] {
  return [...candidates].sort((a, b) => Math.sign(distance(region, a) - distance(region, b)) || (a < b ? -1 : 1));
}

function distance(from: string, to: string): number {
  const [a, b] = [BY_NAME.get(from), BY_NAME.get(to)];
  return a && b ? kilometers(a, b) : Number.POSITIVE_INFINITY;
}

/** Length of the great circle between two places. */
export function kilometers(a: Place, b: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [north, south, east] = [radians(a.latitude), radians(b.latitude), radians(a.longitude - b.longitude)];
  return 6371 * Math.acos(Math.min(1, Math.max(-1, Math.sin(north) * Math.sin(south) + Math.cos(north) * Math.cos(south) * Math.cos(east))));
}
