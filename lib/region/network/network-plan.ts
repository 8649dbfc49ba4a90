import type { IConstruct } from "constructs";
import { checkLiteral } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { regionFacts } from "../../core/regions";
import { DOCKER, MAX_PROXY_PREFIX, MAX_SUBNET_PREFIX } from "../../google/network";
import { REGIONS } from "../../google/regions";
import { contains, type Ipv4Range, ipv4Range, overlap } from "../../language/ip-range";

/** A region's part of the pool is its position among the catalog's 43; the pool has 64 parts. */
const PLACE_BITS = 6;
const DEFAULT_POOL = "10.64.0.0/12";

/**
 * Permitted ranges of subnets: docs.cloud.google.com/vpc/docs/subnets, valid IPv4 ranges, from
 * general knowledge, 2026-11.
 */
const PERMITTED = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "198.18.0.0/15",
  "240.0.0.0/4",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
];

/** The purpose of a range: its name in errors, and its size. */
interface RangeUse {
  readonly smallest: number;
  readonly largest: number;
  readonly why: string;
}

const USES = {
  pool: { largest: 8, smallest: 17, why: "64 regions have to fit, each with a proxy-only subnet of at least /26" },
  subnet: { largest: 8, smallest: MAX_SUBNET_PREFIX, why: "4 addresses of each subnet are reserved" },
  proxyOnly: {
    largest: 8,
    smallest: MAX_PROXY_PREFIX,
    why: "load balancers need at least 64 proxy addresses; Google recommends /23",
  },
} satisfies Record<string, RangeUse>;

/** Ranges by region, as users give them. */
export interface NetworkRanges {
  readonly ipv4Range?: string;
  readonly subnetRanges?: { [region: string]: string };
  readonly proxyOnlyRanges?: { [region: string]: string };
  readonly backupProxyOnlyRanges?: { [region: string]: string };
}

interface Entry {
  readonly what: string;
  readonly text: string;
  readonly range: Ipv4Range;
}

/** The range of each region, used or not: a function of the region and the options only. */
export class NetworkPlan {
  private readonly pool: Ipv4Range;
  private readonly poolText: string;

  /** @throws ValidationError for ranges that are malformed, not permitted, or overlap. */
  public constructor(
    private readonly where: IConstruct,
    private readonly ranges: NetworkRanges,
  ) {
    this.poolText = ranges.ipv4Range ?? DEFAULT_POOL;
    this.pool = checkRange(where, "ipv4Range", this.poolText, USES.pool);
    const overrides = [
      ...this.read("subnetRanges", USES.subnet),
      ...this.read("proxyOnlyRanges", USES.proxyOnly),
      ...this.read("backupProxyOnlyRanges", USES.proxyOnly),
    ];
    for (const { region, ...entry } of overrides) this.checkPlace(region, entry);
    this.checkOverlaps([...new Set(overrides.map(({ region }) => region))]);
  }

  /** The range of the machines. */
  public subnet(region: string): string {
    return this.ranges.subnetRanges?.[region] ?? this.planned(region).subnet;
  }

  /** The range of the proxies of regional load balancers. */
  public proxyOnly(region: string): string {
    return this.ranges.proxyOnlyRanges?.[region] ?? this.planned(region).proxyOnly;
  }

  /** The range that proxies will move to, or have moved from. */
  public backupProxyOnly(region: string): string | undefined {
    return this.ranges.backupProxyOnlyRanges?.[region];
  }

  /** Adds the backup range to the proxies' range: during a move, requests come from both. */
  public withBackups(sourceRanges: readonly string[]): string[] {
    const backups = Object.entries(this.ranges.backupProxyOnlyRanges ?? {}).flatMap(([region, range]) =>
      sourceRanges.includes(this.proxyOnly(region)) ? [range] : [],
    );
    return [...sourceRanges, ...backups];
  }

  /**
   * A quarter of the region's part for machines, with room to double; the second half for proxies.
   */
  private planned(region: string): { subnet: string; proxyOnly: string } {
    const { first, prefix } = this.placeOf(region);
    const half = first + 2 ** (31 - prefix);
    return { subnet: cidr(first, prefix + 2), proxyOnly: cidr(half, Math.max(23, prefix + 3)) };
  }

  private placeOf(region: string): Ipv4Range {
    const prefix = this.pool.prefix + PLACE_BITS;
    return ipv4Range(
      cidr(this.pool.first + REGIONS.findIndex(({ name }) => name === region) * 2 ** (32 - prefix), prefix),
    )!;
  }

  private read(
    name: "subnetRanges" | "proxyOnlyRanges" | "backupProxyOnlyRanges",
    use: RangeUse,
  ): (Entry & { region: string })[] {
    return Object.entries(this.ranges[name] ?? {}).map(([region, text]) => {
      regionFacts(this.where, region);
      const what = `${name}["${region}"]`;
      return { region, what, text, range: checkRange(this.where, what, text, use) };
    });
  }

  /**
   * A range in the pool must be in its region's own part: others would block regions added later.
   */
  private checkPlace(region: string, { what, text, range }: Entry): void {
    const place = this.placeOf(region);
    if (!overlap(this.pool, range) || contains(place, range)) return;
    throw new ValidationError(this.where, {
      what,
      got: text,
      allowed: `a range outside ${this.poolText}, or within ${cidr(place.first, place.prefix)}, which is reserved for ${region}`,
      fix: "move it there: the rest of ipv4Range is reserved for other regions",
    });
  }

  private checkOverlaps(regions: readonly string[]): void {
    const entries = regions.flatMap((region) => {
      const backup = this.backupProxyOnly(region);
      const texts = [
        [`the subnet of ${region}`, this.subnet(region)],
        [`the proxy-only subnet of ${region}`, this.proxyOnly(region)],
        ...(backup === undefined ? [] : [[`the backup proxy-only subnet of ${region}`, backup]]),
      ] as const;
      return texts.map(([what, text]) => ({ what, text: text!, range: ipv4Range(text!)! }));
    });
    const sorted = entries.sort((a, b) => a.range.first - b.range.first || b.range.last - a.range.last);
    for (const [index, entry] of sorted.entries()) {
      const previous = sorted[index - 1];
      if (!previous || !overlap(previous.range, entry.range)) continue;
      throw new ValidationError(this.where, {
        what: `range of ${entry.what}`,
        got: entry.text,
        allowed: `a range that does not overlap ${previous.text}, ${previous.what}`,
        fix: "give each subnet its own range in subnetRanges, proxyOnlyRanges and backupProxyOnlyRanges",
      });
    }
  }
}

/**
 * The first address of a range: unchanged when a range is extended in place, different when it
 * moves, because a region's planned range begins with its part.
 */
export function firstAddress(range: string): string {
  return range.split("/")[0]!;
}

/** @throws ValidationError unless it is an IPv4 network in CIDR notation. */
export function checkNetworkRange(where: IConstruct, what: string, text: string): Ipv4Range {
  checkLiteral(where, what, text);
  const range = text.includes("/") ? ipv4Range(text) : undefined;
  if (!range) {
    throw new ValidationError(where, {
      what,
      got: text,
      allowed: "an IPv4 range in CIDR notation",
      fix: "write first address, slash and prefix length, for example 10.0.0.0/20",
    });
  }
  if (!range.aligned) {
    throw new ValidationError(where, {
      what,
      got: text,
      allowed: "a range written by its first address, with zeros after the prefix",
      fix: `did you mean "${cidr(range.first, range.prefix)}"?`,
    });
  }
  return range;
}

/** @throws ValidationError unless it is a proxy-only range, at any address. */
export function checkProxyOnlyRange(where: IConstruct, what: string, text: string): Ipv4Range {
  const range = checkNetworkRange(where, what, text);
  checkSize(where, what, text, range, USES.proxyOnly);
  return range;
}

function checkRange(where: IConstruct, what: string, text: string, use: RangeUse): Ipv4Range {
  const range = checkNetworkRange(where, what, text);
  checkSize(where, what, text, range, use);
  if (!PERMITTED.some((permitted) => contains(ipv4Range(permitted)!, range)) || range.last === 2 ** 32 - 1) {
    throw new ValidationError(where, {
      what,
      got: text,
      allowed: `a range within ${PERMITTED.join(", ")}`,
      fix: "choose a private one: Google Cloud rejects reserved ranges, and public ones would become unreachable on the internet",
    });
  }
  if (overlap(ipv4Range(DOCKER)!, range)) {
    throw new ValidationError(where, {
      what,
      got: text,
      allowed: `a range that does not overlap ${DOCKER}`,
      fix: "choose another one: Docker uses these addresses on the machines, so replies to them never leave the machine",
    });
  }
  return range;
}

function checkSize(where: IConstruct, what: string, text: string, { prefix }: Ipv4Range, use: RangeUse): void {
  if (prefix >= use.largest && prefix <= use.smallest) return;
  throw new ValidationError(where, {
    what,
    got: text,
    allowed: `a range from /${use.largest} to /${use.smallest}`,
    fix: `choose a ${prefix > use.smallest ? "larger" : "smaller"} one: ${use.why}`,
  });
}

function cidr(first: number, prefix: number): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}
