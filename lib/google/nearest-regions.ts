/** Region, latitude and longitude in whole degrees (after GoogleCloudPlatform/gcping, read 2026-10-01): enough to say which regions are near. */
const PLACES =
  "africa-south1:-26:28 asia-east1:24:121 asia-east2:22:114 asia-northeast1:36:140 asia-northeast2:35:136 asia-northeast3:38:127 asia-south1:19:73 asia-south2:29:77 asia-southeast1:1:104 asia-southeast2:-6:107 asia-southeast3:14:100 australia-southeast1:-34:151 australia-southeast2:-38:145 europe-central2:52:21 europe-north1:61:27 europe-north2:60:16 europe-southwest1:41:-3 europe-west1:50:4 europe-west10:52:14 europe-west12:45:8 europe-west2:52:0 europe-west3:50:9 europe-west4:53:7 europe-west6:47:9 europe-west8:45:9 europe-west9:49:2 me-central1:25:52 me-central2:26:50 me-west1:32:35 northamerica-northeast1:46:-74 northamerica-northeast2:44:-79 northamerica-south1:21:-100 southamerica-east1:-24:-47 southamerica-west1:-33:-71 us-central1:41:-96 us-east1:33:-80 us-east4:39:-77 us-east5:40:-83 us-south1:33:-97 us-west1:46:-121 us-west2:34:-118 us-west3:41:-112 us-west4:36:-115";

const DEGREES = Math.PI / 180;

const BY_REGION: ReadonlyMap<string, { readonly latitude: number; readonly longitude: number }> = new Map(
  PLACES.split(" ").map((entry) => {
    const [region = "", latitude, longitude] = entry.split(":");
    return [region, { latitude: Number(latitude) * DEGREES, longitude: Number(longitude) * DEGREES }];
  }),
);

/** The candidates in the order of their distance from `region`; those whose place is not known come last. */
export function nearestRegions(region: string, candidates: readonly string[]): string[] {
  return [...candidates].sort((a, b) => distance(region, a) - distance(region, b) || (a < b ? -1 : 1));
}

/** Angle between two regions, in radians. */
function distance(from: string, to: string): number {
  const a = BY_REGION.get(from);
  const b = BY_REGION.get(to);
  if (!a || !b) return Math.PI;
  const cosine = Math.sin(a.latitude) * Math.sin(b.latitude) + Math.cos(a.latitude) * Math.cos(b.latitude) * Math.cos(a.longitude - b.longitude);
  return Math.acos(Math.min(1, Math.max(-1, cosine)));
}
