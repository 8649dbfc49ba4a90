import type { Block } from "../../lib/topology/document";

/** A reference to a backend service of the document below. */
export const to = (backend: string) => `\${google_compute_backend_service.${backend}.id}`;

/** Cloud Run services of a name in each region, behind a backend service of the same name. */
export function services(
  regions: Readonly<Record<string, readonly string[]>>,
  more: { backend?: Block; template?: Block; container?: Block; neg?: Block } = {},
): Record<string, Block> {
  const each = Object.entries(regions).flatMap(([name, list]) => list.map((region) => ({ name, region })));
  const key = ({ name, region }: { name: string; region: string }) => `${name}-${region}`;
  return {
    google_cloud_run_v2_service: Object.fromEntries(
      each.map((one) => [
        key(one),
        {
          name: one.name,
          location: one.region,
          template: { containers: [{ image: "image", ...more.container }], ...more.template },
        },
      ]),
    ),
    google_compute_region_network_endpoint_group: Object.fromEntries(
      each.map((one) => [
        key(one),
        {
          name: key(one),
          region: one.region,
          network_endpoint_type: "SERVERLESS",
          cloud_run: { service: `\${google_cloud_run_v2_service.${key(one)}.name}`, ...more.neg },
        },
      ]),
    ),
    google_compute_backend_service: Object.fromEntries(
      Object.entries(regions).map(([name, list]) => [
        name,
        {
          name,
          load_balancing_scheme: "EXTERNAL_MANAGED",
          protocol: "HTTPS",
          backend: list.map((region) => ({
            group: `\${google_compute_region_network_endpoint_group.${key({ name, region })}.id}`,
          })),
          ...more.backend,
        },
      ]),
    ),
  };
}

/** A front end on HTTP for each URL map; the first is called `http-80`, the second `http-81`. */
export function frontends(urlMaps: readonly Block[]): Record<string, Block> {
  const each = <T>(value: (map: Block, index: number) => T) =>
    Object.fromEntries(urlMaps.map((map, index) => [`map${index}`, value(map, index)]));
  return {
    google_compute_url_map: each((map, index) => ({ name: `map${index}`, ...map })),
    google_compute_target_http_proxy: each((_map, index) => ({
      name: `proxy${index}`,
      url_map: `\${google_compute_url_map.map${index}.id}`,
    })),
    google_compute_global_forwarding_rule: each((_map, index) => ({
      name: `rule${index}`,
      load_balancing_scheme: "EXTERNAL_MANAGED",
      port_range: String(80 + index),
      target: `\${google_compute_target_http_proxy.map${index}.id}`,
    })),
  };
}

/** The resources of several documents. */
export function merged(...parts: Record<string, Block>[]): Record<string, Block> {
  const types = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries([...types].map((type) => [type, Object.assign({}, ...parts.map((part) => part[type]))]));
}
