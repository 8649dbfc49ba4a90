import { kilometers, type Place, REGIONS } from "../google/regions";
import { BACKBONE_LINKS } from "./backbone";

/**
 * What of a round trip is not Google's backbone: the client's own network, then the public internet
 * up to the region-city where Google takes over. Cold potato routing (Premium Tier) makes that the
 * place with the least sum.
 */
export interface AccessLeg {
  /** Round trip in the client's own network: Wi-Fi, fixed line, mobile. */
  readonly lastMileMs: number;
  /** Fixed part of the public leg, for peering and switching. */
  readonly publicMs: number;
  /** The part of the public leg that grows with distance. */
  readonly publicMsPer100Km: number;
}

/**
 * An assumption, not a measurement: a fixed line in a city. 3 ms and 3 ms per 100 km are three
 * times the time of light in fibre, as detours of public networks make them.
 */
export const ACCESS: AccessLeg = { lastMileMs: 8, publicMs: 3, publicMsPer100Km: 3 };

/** A round trip, by its parts. */
export interface RoundTrip {
  /** Client to Google's edge. */
  readonly edgeMs: number;
  /** Client to region. */
  readonly totalMs: number;
}

const INDEX: ReadonlyMap<string, number> = new Map(REGIONS.map(({ name }, index) => [name, index]));

/** Round trips of a link graph: from each region to each, in milliseconds. */
export function shortestPaths(links: Iterable<readonly [from: number, to: number, ms: number]>, size: number) {
  const ms = Array.from({ length: size }, (_, from) => {
    return Array.from({ length: size }, (_, to) => (from === to ? 0 : Number.POSITIVE_INFINITY));
  });
  for (const [from, to, length] of links) ms[from]![to] = ms[to]![from] = Math.min(ms[from]![to]!, length);
  for (let over = 0; over < size; over++) {
    const onward = ms[over]!;
    for (const row of ms) {
      const there = row[over]!;
      if (there === Number.POSITIVE_INFINITY) continue;
      for (let to = 0; to < size; to++) if (there + onward[to]! < row[to]!) row[to] = there + onward[to]!;
    }
  }
  return ms;
}

let backbone: number[][] | undefined;

function backboneMs(): readonly (readonly number[])[] {
  backbone ??= shortestPaths(
    BACKBONE_LINKS.map(([from, to, ms]) => [INDEX.get(from)!, INDEX.get(to)!, ms]),
    REGIONS.length,
  );
  return backbone;
}

/** Modelled median round trip between two regions over Google's network; undefined for others. */
export function regionRoundTripMs(from: string, to: string): number | undefined {
  const [a, b] = [INDEX.get(from), INDEX.get(to)];
  return a === undefined || b === undefined ? undefined : backboneMs()[a]![b];
}

/**
 * Modelled median round trips from a place to each region, in the order of `REGIONS`. A client's
 * own country may be slower or faster than the model: `extraMs` is added to each.
 */
export function roundTrips(place: Place, access: AccessLeg = ACCESS, extraMs = 0): RoundTrip[] {
  const { lastMileMs, publicMs, publicMsPer100Km } = access;
  const entries = REGIONS.map((region) => {
    const publicLeg = publicMs + (publicMsPer100Km * kilometers(place, region)) / 100;
    return Math.max(1, lastMileMs + publicLeg + extraMs);
  });
  const inside = backboneMs();
  return REGIONS.map((_, region) => {
    let best = 0;
    const through = (entry: number) => entries[entry]! + inside[entry]![region]!;
    for (let entry = 1; entry < entries.length; entry++) if (through(entry) < through(best)) best = entry;
    return { edgeMs: tenths(entries[best]!), totalMs: tenths(through(best)) };
  });
}

/** The model is not more exact than that. */
const tenths = (ms: number) => Math.round(ms * 10) / 10;

/** How a client connects, which decides how often it waits for the edge before it may ask. */
export class Handshake {
  /** On a connection that is open already. */
  public static readonly OPEN = new Handshake("an open connection", 0);
  /** HTTP/3 with TLS 1.3. */
  public static readonly HTTP3 = new Handshake("a new one with HTTP/3", 1);
  /** TCP, then TLS 1.3. */
  public static readonly TLS13 = new Handshake("a new one with TLS 1.3", 2);
  /** TCP, then TLS 1.2. */
  public static readonly TLS12 = new Handshake("a new one with TLS 1.2", 3);
  /** TCP without TLS. */
  public static readonly TCP = new Handshake("a new one without TLS", 1);

  private constructor(
    public readonly name: string,
    public readonly roundTrips: number,
  ) {}
}

/**
 * What a client waits for the first byte of a response. The load balancer answers handshakes at the
 * edge, and keeps connections to the region open: only the request itself travels to it.
 *
 * @param serverMs From the request's arrival to its first byte: for a model, the first token.
 */
export function firstByteMs({ edgeMs, totalMs }: RoundTrip, handshake: Handshake, serverMs: number): number {
  return handshake.roundTrips * edgeMs + totalMs + serverMs;
}

/** The same where clients connect to the region itself: each handshake travels the whole way. */
export function directFirstByteMs({ totalMs }: RoundTrip, handshake: Handshake, serverMs: number): number {
  return (handshake.roundTrips + 1) * totalMs + serverMs;
}
