import { PROXY_PURPOSES } from "../google/network";
import { type Ipv4Range, ipv4Range } from "../language/ip-range";
import { soleReference } from "../language/reference";
import { blocksOf, type Resource, type TerraformDocument } from "./document";
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
