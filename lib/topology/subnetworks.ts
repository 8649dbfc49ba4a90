import { PROXY_PURPOSES } from "../google/network";
import { type Ipv4Range, ipv4Range, overlap } from "../language/ip-range";
import { soleReference } from "../language/reference";
import { blocksOf, type Resource, type TerraformDocument } from "./document";
import { append } from "./group-by";
import type { Topology } from "./topology";
import { textOf } from "./value";

/** Whether a subnetwork is for the proxies of load balancers. */
export function isProxyOnly(subnet: Resource | undefined): boolean {
  return PROXY_PURPOSES.includes(textOf(subnet?.values.purpose) ?? "");
}

/** What tells a network from others: equal where a resource surely belongs to the same one. */
export function networkKey(document: TerraformDocument, { values }: Resource): string | undefined {
  const target = document.target(values.network);
  if (!target || document.identity(values.network) === undefined) return textOf(values.network);
  return `${target.address}[${soleReference(values.network)?.key ?? ""}]`;
}

export interface SubnetRange {
  readonly resource: Resource;
  readonly at: string;
  readonly text: string;
  readonly range: Ipv4Range;
}

/** The known IPv4 ranges of a subnetwork, the primary one first. */
export function rangesOf(resource: Resource): readonly SubnetRange[] {
  const { ip_cidr_range: primary, secondary_ip_range: secondary } = resource.values;
  const secondaries = blocksOf(secondary).map(
    (each, index) => [`secondary_ip_range.${index}.ip_cidr_range`, each.ip_cidr_range] as const,
  );
  return [["ip_cidr_range", primary] as const, ...secondaries].flatMap(([at, value]) => {
    const text = textOf(value) ?? "";
    const range = ipv4Range(text);
    return range ? [{ resource, at, text, range }] : [];
  });
}

/** Ranges that overlap with another one of their network. */
export function overlappingRanges({ document }: Topology): readonly (SubnetRange & { readonly other: SubnetRange })[] {
  const byNetwork = new Map<string, SubnetRange[]>();
  for (const subnet of document.ofType("google_compute_subnetwork")) {
    const network = networkKey(document, subnet);
    if (network === undefined || subnet.values.for_each !== undefined || subnet.values.count !== undefined) continue;
    for (const range of rangesOf(subnet)) append(byNetwork, network, range);
  }
  return [...byNetwork.values()].flatMap((ranges) => {
    const sorted = ranges.sort((a, b) => a.range.first - b.range.first);
    let widest = sorted[0]!;
    return sorted.slice(1).flatMap((each) => {
      const other = widest;
      if (each.range.last > widest.range.last) widest = each;
      return overlap(other.range, each.range) ? [{ ...each, other }] : [];
    });
  });
}

/** Public NAT gateways by network and region, as far as both are known. */
export function publicNats({ document }: Topology) {
  return document.ofType("google_compute_router_nat").flatMap((resource) => {
    const { router: reference, region, type, source_subnetwork_ip_ranges_to_nat: ranges } = resource.values;
    const router = document.target(reference);
    const network = router && networkKey(document, router);
    const place = textOf(region) ?? textOf(router?.values.region);
    const isOne = resource.values.for_each === undefined && resource.values.count === undefined;
    if (network === undefined || place === undefined || (type ?? "PUBLIC") !== "PUBLIC" || !isOne) return [];
    return [{ resource, key: `${network} ${place}`, ranges, isAll: ranges === "ALL_SUBNETWORKS_ALL_IP_RANGES" }];
  });
}
