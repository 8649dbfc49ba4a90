import { isIPv4, isIPv6 } from "node:net";
import { isExpression } from "../../language/reference";
import { type Block, blocksOf, type Resource, type TerraformDocument } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { textOf } from "../../topology/value";

export const ZONE = "google_dns_managed_zone";
export const RECORD = "google_dns_record_set";

/** A record set with its zone. */
export interface DnsRecordSet {
  readonly resource: Resource;
  readonly type?: string;
  /** In lower case; `${zone.dns_name}` is filled in where the zone is in the document. Undefined where it is not known. */
  readonly name?: string;
  /** What two record sets of one name have in common, known or not. */
  readonly nameKey: string;
  readonly zone?: Resource;
  /** What two record sets of one zone have in common. */
  readonly zoneKey: string;
  readonly zoneName?: string;
}

const read = new WeakMap<Topology, readonly DnsRecordSet[]>();

export function recordSetsOf(topology: Topology): readonly DnsRecordSet[] {
  let sets = read.get(topology);
  if (!sets) {
    const zones = new Map(topology.document.ofType(ZONE).map((zone) => [textOf(zone.values.name), zone]));
    sets = topology.document.ofType(RECORD).map((resource) => readRecordSet(topology.document, zones, resource));
    read.set(topology, sets);
  }
  return sets;
}

function readRecordSet(
  document: TerraformDocument,
  zones: ReadonlyMap<string | undefined, Resource>,
  resource: Resource,
): DnsRecordSet {
  const { managed_zone: reference, name: template } = resource.values;
  const target = document.target(reference);
  const literal = textOf(reference)?.split("/").at(-1);
  const zone = target?.type === ZONE ? target : literal === undefined ? undefined : zones.get(literal);
  const name = filledIn(document, template)?.toLowerCase();
  return {
    resource,
    type: textOf(resource.values.type),
    name,
    nameKey: name ?? String(template),
    zone: zone?.isData ? undefined : zone,
    zoneKey: `${zone?.address ?? String(reference)} ${String(resource.values.project ?? "")}`,
    zoneName: zone?.isData ? undefined : textOf(zone?.values.dns_name)?.toLowerCase(),
  };
}

/** A template whose only expressions are names of zones of the document. */
function filledIn(document: TerraformDocument, template: unknown): string | undefined {
  if (typeof template !== "string") return undefined;
  if (!isExpression(template)) return template;
  const text = template.replace(
    /\$\{\s*(google_dns_managed_zone\.[\w-]+)\.dns_name\s*\}/g,
    (whole, address: string) => {
      return textOf(document.at(address)?.values.dns_name) ?? whole;
    },
  );
  return isExpression(text) ? undefined : text;
}

/** Whether a record set may exist several times, or not at all. */
export function isRepeated({ resource }: DnsRecordSet): boolean {
  return resource.values.count !== undefined || resource.values.for_each !== undefined;
}

/** All record data of a record set, in its routing policy too, with their places. */
export function dataOf({ resource }: DnsRecordSet): { at: string; value: unknown; list: readonly unknown[] }[] {
  const lists: { at: string; list: unknown }[] = [{ at: "rrdatas", list: resource.values.rrdatas }];
  for (const policy of blocksOf(resource.values.routing_policy)) {
    for (const [kind, items] of routingItems(policy)) {
      items.forEach((item, index) => {
        lists.push({ at: `routing_policy.${kind}.${index}.rrdatas`, list: item.rrdatas });
      });
    }
  }
  return lists.flatMap(({ at, list }) =>
    Array.isArray(list) ? list.map((value, index) => ({ at: `${at}.${index}`, value, list })) : [],
  );
}

/** The items of a routing policy that answer with record data. */
export function routingItems(policy: Block): [kind: string, items: readonly Block[]][] {
  return [
    ["wrr", blocksOf(policy.wrr)],
    ["geo", blocksOf(policy.geo)],
    ["primary_backup.backup_geo", blocksOf(policy.primary_backup).flatMap((each) => blocksOf(each.backup_geo))],
  ];
}

const FQDN = /^(?=.{1,254}$)([A-Za-z0-9_*]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+$/;
const isName = (text: string) => text === "." || FQDN.test(text);
const isByte = (text: string | undefined) => text !== undefined && /^\d{1,3}$/.test(text) && Number(text) <= 255;
const isShort = (text: string | undefined) => text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65535;

interface Format {
  readonly holds: (text: string) => boolean;
  readonly text: string;
}

const NAME_FORMAT: Format = { holds: isName, text: "a host name with a final dot" };

/** How the data of a record reads, by type (RFC 1035, 3596, 2782, 8659, 4034). */
export const DATA_FORMATS: Readonly<Record<string, Format>> = {
  A: { holds: isIPv4, text: "an IPv4 address" },
  AAAA: { holds: isIPv6, text: "an IPv6 address" },
  CNAME: NAME_FORMAT,
  ALIAS: NAME_FORMAT,
  NS: NAME_FORMAT,
  PTR: NAME_FORMAT,
  MX: {
    text: 'a priority and a host name with a final dot, "10 mail.example.com."',
    holds: (text) => fields(text, 2, ([priority, host]) => isShort(priority) && isName(host!)),
  },
  SRV: {
    text: 'priority, weight, port and a host name with a final dot, "0 5 443 api.example.com."',
    holds: (text) => fields(text, 4, ([a, b, c, host]) => isShort(a) && isShort(b) && isShort(c) && isName(host!)),
  },
  CAA: {
    text: 'flags, a tag and a quoted value, "0 issue \\"pki.goog\\""',
    holds: (text) => {
      const parts = /^(\d+)\s+([a-zA-Z0-9]+)\s+("[^"]*"|[^\s"]+)$/.exec(text);
      return parts !== null && isByte(parts[1]);
    },
  },
  DS: {
    text: "key tag, algorithm, digest type and a hexadecimal digest",
    holds: (text) =>
      fields(
        text,
        4,
        ([tag, a, b, digest]) => isShort(tag) && isByte(a) && isByte(b) && /^[0-9A-Fa-f]+$/.test(digest!),
      ),
  },
  TXT: {
    text: "texts of at most 255 characters each, quoted where they have spaces",
    holds: (text) => strings(text).every((each) => each.length <= 255),
  },
};
const SPF = DATA_FORMATS.TXT!;
export const formatOf = (type: string | undefined): Format | undefined =>
  type === "SPF" ? SPF : type === undefined ? undefined : DATA_FORMATS[type];

function fields(text: string, count: number, holds: (parts: string[]) => boolean): boolean {
  const parts = text.trim().split(/\s+/);
  return parts.length === count && holds(parts);
}

/** The strings that a TXT record's data is split into. */
function strings(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"]+/g)].map((match) => match[1] ?? match[0]);
}
