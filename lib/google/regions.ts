import type { IConstruct } from "constructs";
import { checkLiteral, nearest } from "../core/checks";
import { ValidationError } from "../core/errors";

/** `ga`: anyone with quota; `invite`: only projects that Google has admitted. */
export type GpuAvailability = "ga" | "invite";

/** A Google Cloud region that runs Cloud Run. */
export interface RegionFacts {
  readonly name: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2 code. */
  readonly country: string;
  /** AF, AS, EU, NA, OC or SA. */
  readonly continent: string;
  /** Where Cloud Run sells this GPU; absent where it does not. */
  readonly gpus: { readonly l4?: GpuAvailability; readonly rtxPro6000?: GpuAvailability };
}

function region(name: string, city: string, country: string, continent: string, gpus: RegionFacts["gpus"] = {}): RegionFacts {
  return { name, city, country, continent, gpus };
}

/** The 43 public regions and their Cloud Run GPUs (docs.cloud.google.com/run/docs/locations and .../configuring/services/gpu, read 2026-10-01). */
export const REGIONS: readonly RegionFacts[] = [
  region("africa-south1", "Johannesburg", "ZA", "AF"),
  region("asia-east1", "Taiwan", "TW", "AS"),
  region("asia-east2", "Hong Kong", "HK", "AS"),
  region("asia-northeast1", "Tokyo", "JP", "AS"),
  region("asia-northeast2", "Osaka", "JP", "AS"),
  region("asia-northeast3", "Seoul", "KR", "AS"),
  region("asia-south1", "Mumbai", "IN", "AS", { l4: "invite" }),
  region("asia-south2", "Delhi", "IN", "AS", { rtxPro6000: "invite" }),
  region("asia-southeast1", "Singapore", "SG", "AS", { l4: "ga", rtxPro6000: "ga" }),
  region("asia-southeast2", "Jakarta", "ID", "AS"),
  region("asia-southeast3", "Bangkok", "TH", "AS"),
  region("australia-southeast1", "Sydney", "AU", "OC"),
  region("australia-southeast2", "Melbourne", "AU", "OC"),
  region("europe-central2", "Warsaw", "PL", "EU"),
  region("europe-north1", "Finland", "FI", "EU"),
  region("europe-north2", "Stockholm", "SE", "EU"),
  region("europe-southwest1", "Madrid", "ES", "EU"),
  region("europe-west1", "Belgium", "BE", "EU", { l4: "ga" }),
  region("europe-west10", "Berlin", "DE", "EU"),
  region("europe-west12", "Turin", "IT", "EU"),
  region("europe-west2", "London", "GB", "EU"),
  region("europe-west3", "Frankfurt", "DE", "EU"),
  region("europe-west4", "Netherlands", "NL", "EU", { l4: "ga", rtxPro6000: "ga" }),
  region("europe-west6", "Zurich", "CH", "EU"),
  region("europe-west8", "Milan", "IT", "EU"),
  region("europe-west9", "Paris", "FR", "EU"),
  region("me-central1", "Doha", "QA", "AS"),
  region("me-central2", "Dammam", "SA", "AS"),
  region("me-west1", "Tel Aviv", "IL", "AS"),
  region("northamerica-northeast1", "Montréal", "CA", "NA"),
  region("northamerica-northeast2", "Toronto", "CA", "NA"),
  region("northamerica-south1", "México", "MX", "NA"),
  region("southamerica-east1", "São Paulo", "BR", "SA"),
  region("southamerica-west1", "Santiago", "CL", "SA"),
  region("us-central1", "Iowa", "US", "NA", { l4: "ga", rtxPro6000: "ga" }),
  region("us-east1", "South Carolina", "US", "NA"),
  region("us-east4", "North Virginia", "US", "NA", { l4: "ga" }),
  region("us-east5", "Columbus", "US", "NA"),
  region("us-south1", "Dallas", "US", "NA"),
  region("us-west1", "Oregon", "US", "NA"),
  region("us-west2", "Los Angeles", "US", "NA"),
  region("us-west3", "Salt Lake City", "US", "NA"),
  region("us-west4", "Las Vegas", "US", "NA"),
];

const BY_NAME = new Map(REGIONS.map((facts) => [facts.name, facts]));

/**
 * The facts of a region.
 *
 * @throws ValidationError for a name that is no region, with the nearest one suggested.
 */
export function regionFacts(where: IConstruct, name: string): RegionFacts {
  checkLiteral(where, "region", name);
  const facts = BY_NAME.get(name);
  if (facts) return facts;
  const names = REGIONS.map((each) => each.name);
  const suggestion = nearest(name, names);
  throw new ValidationError(where, {
    what: "region",
    got: name,
    allowed: names.join(", "),
    fix: suggestion ? `did you mean "${suggestion}"?` : "name a Google Cloud region, not a zone or a multi-region",
  });
}
