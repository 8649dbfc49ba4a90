import { isExpression, soleReference } from "../language/reference";
import { blocksOf, type Resource, type TerraformDocument } from "./document";
import { groupBy } from "./group-by";
import type { Topology } from "./topology";
import { textOf } from "./value";

/** A name in a zone, with its record sets. */
export interface DnsName {
  /** Those that exist once, and whose type is known. */
  readonly known: readonly DnsRecordSet[];
  readonly all: readonly DnsRecordSet[];
}

/** A DNS record set with its zone. */
export interface DnsRecordSet {
  readonly resource: Resource;
  readonly type?: string;
  /** In lower case, with `${zone.dns_name}` filled in; undefined where it is not known. */
  readonly name?: string;
  /** What record sets of one name in one zone have in common. */
  readonly key: string;
  readonly zone?: Resource;
  readonly zoneName?: string;
  /** Whether it may exist several times, or not at all. */
  readonly isRepeated: boolean;
  /** All record data, that of its routing policy included. */
  readonly data: readonly { readonly at: string; readonly value: unknown; readonly list: readonly unknown[] }[];
}

const ZONE = "google_dns_managed_zone";

export function recordSets({ document }: Topology): readonly DnsRecordSet[] {
  const zones = new Map(document.ofType(ZONE).map((zone) => [textOf(zone.values.name), zone]));
  return document.ofType("google_dns_record_set").map((resource) => {
    const { managed_zone: reference, name: template, project, count, for_each: each } = resource.values;
    const target = document.target(reference);
    const literal = textOf(reference)?.split("/").at(-1);
    const zone = target?.type === ZONE ? target : literal === undefined ? undefined : zones.get(literal);
    const own = zone?.isData ? undefined : zone;
    const name = filledIn(document, template)?.toLowerCase();
    const instance = soleReference(reference)?.key ?? "";
    const zoneKey = zone ? `${zone.address}[${instance}]` : String(reference);
    return {
      resource,
      type: textOf(resource.values.type),
      name,
      key: [zoneKey, project ?? "", name ?? template].join(" "),
      zone: own,
      zoneName: textOf(own?.values.dns_name)?.toLowerCase(),
      isRepeated: count !== undefined || each !== undefined,
      data: dataOf(resource),
    };
  });
}

/** Names of zones that exist once. */
export function recordNames(topology: Topology): readonly DnsName[] {
  const groups = groupBy(topology.once(recordSets), ({ key }) => key);
  return [...groups.values()].flatMap((all) => {
    const known = all.filter(({ type, isRepeated }) => type !== undefined && !isRepeated);
    return known.length > 0 ? [{ known, all }] : [];
  });
}

/**
 * The address resource that record data is, and whether it is IPv6; undefined where that is not
 * known.
 */
export function addressOf({ document }: Topology, value: unknown): { resource: Resource; isV6: boolean } | undefined {
  const resource = soleReference(value)?.attribute === "address" ? document.target(value) : undefined;
  if (!resource || resource.isData || !/^google_compute_(global_)?address$/.test(resource.type)) return undefined;
  const { ip_version: version } = resource.values;
  return isExpression(version) ? undefined : { resource, isV6: version === "IPV6" };
}

/** Whether a CAA record set says who may issue for a domain: the nearest one does. */
export function decides({ name }: DnsRecordSet, domain: string, all: readonly DnsRecordSet[]): boolean {
  const above = (each?: string) => each !== undefined && `.${domain}.`.endsWith(`.${each}`);
  return above(name) && !all.some((each) => above(each.name) && each.name!.length > name!.length);
}

/** A template whose only expressions are names of zones of the document. */
function filledIn(document: TerraformDocument, template: unknown): string | undefined {
  if (typeof template !== "string") return undefined;
  const text = template.replace(
    /\$\{\s*(google_dns_managed_zone\.[\w-]+)\.dns_name\s*\}/g,
    (whole, address: string) => textOf(document.at(address)?.values.dns_name) ?? whole,
  );
  return isExpression(text) ? undefined : text;
}

function dataOf({ values }: Resource): DnsRecordSet["data"] {
  const policies = blocksOf(values.routing_policy);
  const backups = policies.flatMap((policy) => blocksOf(policy.primary_backup));
  const items = [
    ...policies.flatMap((policy) => blocksOf(policy.wrr).map((item, index) => [`wrr.${index}`, item] as const)),
    ...policies.flatMap((policy) => blocksOf(policy.geo).map((item, index) => [`geo.${index}`, item] as const)),
    ...backups.flatMap((each) =>
      blocksOf(each.backup_geo).map((item, index) => [`primary_backup.backup_geo.${index}`, item] as const),
    ),
  ];
  return [
    ["rrdatas", values.rrdatas] as const,
    ...items.map(([at, item]) => [`routing_policy.${at}.rrdatas`, item.rrdatas] as const),
  ].flatMap(([at, list]) =>
    Array.isArray(list) ? list.map((value, index) => ({ at: `${at}.${index}`, value, list })) : [],
  );
}
