import { findRegion, type Place } from "../google/regions";
import { BACKBONE_LINKS } from "../planning/backbone";
import type { Demand } from "../planning/demand";
import { regionRoundTripMs } from "../planning/latency";
import { visitsOf } from "../planning/region-plan";
import { type Backend, type Group, schemeOf } from "../topology/backends";
import type { Resource } from "../topology/document";
import { groupBy } from "../topology/group-by";
import { type RegionWorkload, readRegionWorkloads, regionsOf } from "../topology/region-workloads";
import type { Topology } from "../topology/topology";

/** A region in which the document runs something. */
export interface MapRegion extends Place {
  readonly name: string;
  readonly city: string;
  readonly workloads: readonly RegionWorkload[];
  /** The workloads; NEGs and instance groups where requests go to something else. */
  readonly resources: readonly Resource[];
  /** Whether the load balancer sends clients here. */
  readonly isServing: boolean;
  /** Whether all that runs here is draining. */
  readonly isDraining: boolean;
  /** Whether an instance always runs; false also where that is not known. */
  readonly isWarm: boolean;
  /** Types of GPU, without "nvidia-". */
  readonly gpus: readonly string[];
  /** Share of all clients that come here, from 0 to 1. */
  readonly share: number;
  /** Mean round trip of those clients, in milliseconds; undefined where there are none. */
  readonly meanMs?: number;
}

/** Clients of a place, and the region that they are served from. */
export interface MapCity extends Place {
  readonly name: string;
  readonly country?: string;
  /** Share of all clients, from 0 to 1. */
  readonly share: number;
  readonly region: string;
  /** Modelled median round trip to the region, and to Google's edge. */
  readonly ms: number;
  readonly edgeMs: number;
}

/** A link of Google's network that lies on the shortest way between two regions that serve. */
export interface MapLink {
  readonly from: string;
  readonly to: string;
  readonly ms: number;
}

export interface MapModel {
  readonly regions: readonly MapRegion[];
  /** None where no global load balancer sends requests to a region that is known. */
  readonly cities: readonly MapCity[];
  readonly links: readonly MapLink[];
  /** The global backend service whose regions serve the cities. */
  readonly backend?: Backend;
  /** All that could be asked for, those with the most regions first. */
  readonly backends: readonly Backend[];
  /** Regions of the document whose place is not known. */
  readonly unplaced: readonly string[];
}

export interface MapModelOptions {
  /** Where clients are. @default all internet users */
  readonly demand?: Demand;
  /**
   * Terraform address of the global backend service whose regions serve the cities. @default the
   * one with the most regions
   */
  readonly backend?: string;
}

/** What the world map shows. Which region serves whom is what the latency model of plans says. */
export function mapModel(topology: Topology, { demand, backend: wanted }: MapModelOptions = {}): MapModel {
  const backends = globalBackends(topology);
  const backend = wanted === undefined ? backends[0] : backends.find(({ resource }) => resource.address === wanted);
  const serving = backend ? knownRegions(backend).sort() : [];
  const cities = serving.length === 0 ? [] : citiesOf(serving, demand);
  const workloads = groupBy(topology.once(readRegionWorkloads), ({ region }) => region);
  const names = [...new Set([...workloads.keys(), ...serving])].flatMap((name) => name ?? []).sort();
  return {
    regions: names.flatMap((name) => {
      const groups = backend?.groups.filter(({ region }) => region === name) ?? [];
      return regionOf(name, workloads.get(name) ?? [], groups, serving, cities) ?? [];
    }),
    cities,
    links: linksBetween(serving),
    backend,
    backends,
    unplaced: names.filter((name) => !findRegion(name)),
  };
}

/** Backend services that serve the internet from several places behind one address. */
function globalBackends({ backends }: Topology): Backend[] {
  return backends
    .filter((each) => each.isGlobal && /^EXTERNAL/.test(schemeOf(each) ?? "") && knownRegions(each).length > 0)
    .sort((a, b) => knownRegions(b).length - knownRegions(a).length);
}

function knownRegions(backend: Backend): string[] {
  return regionsOf(backend).filter(findRegion);
}

function regionOf(
  name: string,
  workloads: readonly RegionWorkload[],
  groups: readonly Group[],
  serving: readonly string[],
  cities: readonly MapCity[],
): MapRegion | undefined {
  const facts = findRegion(name);
  if (!facts) return undefined;
  const own = cities.filter(({ region }) => region === name);
  const share = own.reduce((sum, each) => sum + each.share, 0);
  const isServing = serving.includes(name);
  return {
    name,
    city: facts.city,
    latitude: facts.latitude,
    longitude: facts.longitude,
    workloads,
    resources:
      workloads.length > 0
        ? workloads.map(({ resource }) => resource)
        : groups.flatMap(({ resource }) => resource ?? []),
    isServing,
    isDraining: !isServing && workloads.length > 0 && workloads.every(({ isDraining }) => isDraining),
    isWarm: workloads.some(({ warmInstances = 0 }) => warmInstances > 0),
    gpus: [...new Set(workloads.flatMap(({ gpu }) => gpu?.replace(/^nvidia-(tesla-)?/, "") ?? []))],
    share,
    ...(own.length > 0 ? { meanMs: own.reduce((sum, each) => sum + each.share * each.ms, 0) / share } : {}),
  };
}

function citiesOf(serving: string[], demand: Demand | undefined): MapCity[] {
  const visits = visitsOf(serving, demand ? { demand } : {});
  const total = visits.reduce((sum, { weight }) => sum + weight, 0);
  return visits.map(({ place, region, weight, ms, edgeMs }) => ({
    name: place.name ?? `${place.latitude}, ${place.longitude}`,
    country: place.country,
    latitude: place.latitude,
    longitude: place.longitude,
    share: weight / total,
    region,
    ms,
    edgeMs,
  }));
}

/** A link is on a shortest way when no way between its ends' regions is shorter than over it. */
function linksBetween(regions: readonly string[]): MapLink[] {
  const ms = (from: string, to: string) => regionRoundTripMs(from, to)!;
  const isOnWay = (from: string, to: string, length: number) =>
    regions.some((start) =>
      regions.some((end) => start !== end && ms(start, from) + length + ms(to, end) <= ms(start, end) + TOLERANCE_MS),
    );
  return BACKBONE_LINKS.filter(([from, to, length]) => isOnWay(from, to, length)).map(([from, to, length]) => ({
    from,
    to,
    ms: length,
  }));
}

const TOLERANCE_MS = 1e-6;
