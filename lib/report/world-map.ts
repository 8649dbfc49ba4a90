import { type GeoPermissibleObjects, geoPath } from "d3-geo";
import { findRegion, type Place } from "../google/regions";
import type { Topology } from "../topology/topology";
import { at, attributes, type Box, linked, overlaps, svg, textWidth, themed, title } from "./drawing";
import { LAND, LAND_WIDTH } from "./land";
import { type MapCity, type MapModel, type MapModelOptions, type MapRegion, mapModel } from "./map-model";
import { escapeText } from "./markup";
import { type MapProjection, mapProjection } from "./projection";
import { cloudName } from "./report";

export interface WorldMapOptions extends MapModelOptions {
  /** Width of the drawing; texts keep their size, so a narrow one is for narrow screens. @default 960 */
  readonly width?: number;
  /** Whether regions are links to the addresses of what runs there. @default true */
  readonly links?: boolean;
}

/** Readable on land and sea: 3:1 for marks; a region keeps its colour wherever it is drawn. */
const LIGHT = ["#0b62c4", "#b4410e", "#1a7f37", "#8250df", "#b02a78", "#8a5a00", "#0c7480", "#5a6472"];
const DARK = ["#58a6ff", "#f0883e", "#3fb950", "#bc8cff", "#f778ba", "#d9a521", "#39c5cf", "#c3cbd5"];

const CLASS = "world-map";
const colours = (values: readonly string[]) => values.map((value, index) => `--c${index}:${value}`).join(";");
const CSS = [
  themed(
    CLASS,
    `--ground:#fff;--sea:#f3f6fa;--land:#dde2e8;--text:#1f2328;--faint:#57606a;--draining:#57606a;${colours(LIGHT)}`,
    `--ground:#0d1117;--sea:#141a22;--land:#2b333d;--text:#e6edf3;--faint:#a3adb8;--draining:#a3adb8;${colours(DARK)}`,
  ),
  `.${CLASS}{background:var(--ground);color:var(--text);font-family:system-ui,sans-serif;max-width:100%;height:auto}`,
  `.${CLASS} .sea{fill:var(--sea)}`,
  `.${CLASS} .land{fill:var(--land)}`,
  `.${CLASS} .city{fill:var(--c);fill-opacity:.35;stroke:var(--c);stroke-width:.7}`,
  `.${CLASS} .ways{fill:none;stroke:var(--c);stroke-width:.5;stroke-opacity:.4}`,
  `.${CLASS}.narrow .city{fill-opacity:.6;stroke:none}`,
  `.${CLASS}.narrow .ways{stroke-width:.3}`,
  `.${CLASS} .link{fill:none;stroke:var(--text);stroke-width:1.3;stroke-opacity:.75;stroke-dasharray:5 3}`,
  `.${CLASS} .mark{fill:var(--c);stroke:var(--c);stroke-width:2.5}`,
  `.${CLASS} .edge{fill:none;stroke:var(--sea);stroke-width:6}`,
  `.${CLASS} .cold .mark{fill:var(--sea)}`,
  `.${CLASS} .draining .mark{fill:var(--sea);stroke-dasharray:2.4 1.6}`,
  `.${CLASS} .leader{stroke:var(--c);stroke-width:1.2}`,
  `.${CLASS} text{fill:var(--text);font-size:11px;paint-order:stroke;stroke:var(--sea);stroke-width:3px;stroke-linejoin:round}`,
  `.${CLASS} .name{font-weight:700}`,
  `.${CLASS} .faint{fill:var(--faint)}`,
  `.${CLASS} a:focus-visible .mark,.${CLASS} a:hover .mark{stroke:var(--text)}`,
].join("\n");

const SIZE = 11;
const LINE = 14;
/** Of more regions, labels say the names only, and marks are smaller. */
const FULL_LABELS = 7;

/** Where a document's regions are, and who is served from which, as one `<svg>`. */
export function worldMap(topology: Topology, { width = 960, links = true, ...options }: WorldMapOptions = {}): string {
  const model = options.demand || options.backend ? mapModel(topology, options) : topology.once(mapModel);
  return drawMap(model, mapProjection(width), links);
}

function drawMap(model: MapModel, map: MapProjection, hasLinks: boolean): string {
  const { width, height } = map;
  const colour = coloursOf(model);
  const spots = spotsOf(model, map);
  const labels = placeLabels(model, spots, map);
  const legend = legendOf(model, width, height);
  const body = [
    `<path class="sea" d="${geoPath(map.project).digits(0)({ type: "Sphere" })}"/>`,
    `<path class="land" transform="scale(${width / LAND_WIDTH})" d="${LAND}"/>`,
    ...waysOf(model, map, colour),
    ...model.links.map(({ from, to, ms }) => {
      const d = curve(map, [findRegion(from)!, findRegion(to)!]);
      return `<path class="link" d="${d}">${title(`backbone ${from} – ${to}: ${ms} ms`)}</path>`;
    }),
    ...[...model.cities].sort((a, b) => b.share - a.share).map((city) => drawCity(city, map, colour)),
    ...labels.map((label, index) => drawLeader(label, spots[index]!, colour(model.regions[index]))),
    ...model.regions.map((region, index) => {
      return drawRegion(region, { ...spots[index]!, style: colour(region), label: labels[index] }, hasLinks);
    }),
    legend.body,
  ];
  return svg({
    className: CLASS,
    variant: width < NARROW ? "narrow" : undefined,
    width,
    height: height + legend.height,
    name: "World map of regions and clients",
    description: describe(model),
    css: CSS,
    body: body.join("\n"),
    hasLinks,
  });
}

/** What the map says to those who do not see it. */
function describe({ regions, cities, unplaced }: MapModel): string {
  const sentences = regions.map((region) => `${region.name} (${region.city}): ${detailsOf(region).join(", ")}.`);
  if (cities.length > 0) {
    sentences.push("Circles are clients, coloured by the region that the latency model sends them to.");
  }
  if (unplaced.length > 0) sentences.push(`Not on the map: ${unplaced.join(", ")}.`);
  return sentences.length > 0 ? sentences.join(" ") : "Nothing runs in a region.";
}

function detailsOf(region: MapRegion): string[] {
  const { isServing, isDraining, isWarm, gpus, share, meanMs, workloads } = region;
  return [
    ...gpus.map((gpu) => gpu.toUpperCase()),
    ...(workloads.length === 0 ? [] : [isWarm ? "warm" : "no warm instances"]),
    ...(isDraining ? ["draining"] : []),
    ...(isServing ? [`${percent(share)} of clients`] : []),
    ...(meanMs === undefined ? [] : [`mean ${Math.round(meanMs)} ms`]),
  ];
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 1 ? "<1" : Math.round(value)}%`;
}

/** Regions side by side have different colours. */
function coloursOf({ regions }: MapModel): (region: { readonly name: string } | undefined) => string {
  const byLongitude = regions.filter(({ isDraining }) => !isDraining).sort((a, b) => a.longitude - b.longitude);
  const numbers = new Map(byLongitude.map(({ name }, index) => [name, index % LIGHT.length]));
  return (region) => {
    const number = region && numbers.get(region.name);
    return number === undefined ? "--c:var(--draining)" : `--c:var(--c${number})`;
  };
}

function position({ project }: MapProjection, { longitude, latitude }: Place): [x: number, y: number] {
  const [x, y] = project([longitude, latitude])!;
  return [at(x), at(y)];
}

/** The great circle between two places. */
function curve({ project }: MapProjection, [from, to]: readonly [Place, Place]): string {
  const ends = [from, to].map(({ longitude, latitude }) => [longitude, latitude]);
  const line: GeoPermissibleObjects = { type: "LineString", coordinates: ends };
  return geoPath(project.precision(1)).digits(0)(line) ?? "";
}

/** Thin lines from each region to the places that it serves. */
function waysOf({ cities, regions }: MapModel, map: MapProjection, colour: (region?: MapRegion) => string): string[] {
  return regions.flatMap((region) => {
    const own = cities.filter((city) => city.region === region.name);
    if (own.length === 0) return [];
    const d = own.map((city) => curve(map, [region, city])).join("");
    return [`<path class="ways"${attributes({ "data-served-by": region.name, style: colour(region), d })}/>`];
  });
}

function drawCity(city: MapCity, map: MapProjection, colour: (region: { name: string }) => string): string {
  const { name, country, share, region, ms, edgeMs } = city;
  const [x, y] = position(map, city);
  const radius = Math.max(map.width < NARROW ? 0.5 : 0.8, at(Math.sqrt(share) * map.width * 0.062));
  const where = country === undefined ? name : `${name}, ${country}`;
  const values = { "data-served-by": region, style: colour({ name: region }), cx: x, cy: y, r: radius };
  return `<circle class="city"${attributes(values)}>${title(
    `${where}: ${Math.round(ms)} ms to ${region}, ${Math.round(edgeMs)} ms to Google's edge`,
  )}</circle>`;
}

interface Label {
  readonly box: Box;
  readonly lines: readonly string[];
  readonly anchor: "start" | "middle" | "end";
  /** From the mark to the label, where it is not beside it. */
  readonly leader?: readonly [x: number, y: number];
}

function drawRegion(
  region: MapRegion,
  { x, y, radius, style, label }: Spot & { readonly style: string; readonly label?: Label },
  hasLinks: boolean,
): string {
  const what = region.workloads.map((each) => `${each.isDraining ? "draining " : ""}${cloudName(each.resource)}`);
  const state = region.isDraining ? "draining" : region.isWarm ? "warm" : "cold";
  const addresses = region.resources.map(({ address }) => address);
  const values = attributes({
    class: `region ${state}`,
    "data-region": region.name,
    "data-address": addresses[0],
    "data-addresses": addresses.length > 1 ? addresses.join(" ") : undefined,
    style,
  });
  const content = [
    title([`${region.name}, ${region.city}`, ...what, ...detailsOf(region)].join("\n")),
    `<circle class="edge" cx="${x}" cy="${y}" r="${radius}"/>`,
    markOf(region, x, y, radius),
    ...(label ? drawLabel(label) : []),
  ];
  return linked(addresses[0], hasLinks, values, content.join(""));
}

function drawLeader(label: Label | undefined, { x, y }: Spot, style: string): string {
  if (!label?.leader) return "";
  const [x2, y2] = label.leader;
  return `<line class="leader"${attributes({ style, x1: x, y1: y, x2, y2 })}/>`;
}

/** A circle serves clients or drains; a diamond does neither: it works for pipelines, or by direct call. */
function markOf(
  { isServing, isDraining }: Pick<MapRegion, "isServing" | "isDraining">,
  x: number,
  y: number,
  radius = 5.5,
): string {
  if (isServing || isDraining) return `<circle class="mark" cx="${x}" cy="${y}" r="${radius}"/>`;
  const half = radius + 1;
  return `<path class="mark" d="M${x} ${at(y - half)}l${half} ${half}-${half} ${half}-${half}-${half}z"/>`;
}

function drawLabel({ box, lines, anchor }: Label): string[] {
  const x = at(box.x + (anchor === "start" ? 0 : anchor === "end" ? box.width : box.width / 2));
  return lines.map((line, index) => {
    const place = attributes({ x, y: at(box.y + (index + 1) * LINE - 4), "text-anchor": anchor });
    return `<text class="${index === 0 ? "name" : "faint"}"${place}>${escapeText(line)}</text>`;
  });
}

/** The mark of a region on the map. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

function spotsOf({ regions }: MapModel, map: MapProjection): Spot[] {
  const radius = regions.length > FULL_LABELS || map.width < NARROW ? 4 : 5.5;
  return regions.map((region) => {
    const [x, y] = position(map, region);
    return { x, y, radius };
  });
}

const NARROW = 600;

/**
 * Labels where no other label and no region is, each as near to its region as there is room. One
 * that is nowhere near is left out: the region's title has it all.
 */
function placeLabels({ regions }: MapModel, spots: readonly Spot[], { width, height }: MapProjection) {
  const marks = spots.map(({ x, y, radius }): Box => {
    const half = radius + 2;
    return { x: x - half, y: y - half, width: 2 * half, height: 2 * half };
  });
  const taken: Box[] = [];
  const isFree = (box: Box) =>
    box.x >= 2 &&
    box.y >= 2 &&
    box.x + box.width <= width - 2 &&
    box.y + box.height <= height - 2 &&
    !taken.some((each) => overlaps(each, box)) &&
    !marks.some((each) => overlaps(each, box));
  const farthest = width >= NARROW ? 130 : regions.length > FULL_LABELS ? 18 : 40;
  return regions.map((region, index): Label | undefined => {
    const full = linesOf(region, width < NARROW);
    for (const lines of regions.length > FULL_LABELS ? [[region.name]] : [full, [region.name]]) {
      const size = { width: Math.max(...lines.map((line) => textWidth(line, SIZE))), height: lines.length * LINE };
      const place = placesAround(spots[index]!, size, farthest).find(({ box }) => isFree(box));
      if (!place) continue;
      taken.push(place.box);
      return { ...place, lines };
    }
    return undefined;
  });
}

function linesOf(region: MapRegion, isShort: boolean): string[] {
  const { name, city, gpus, isServing, isDraining, isWarm, share, meanMs, workloads } = region;
  const runs = workloads.length === 0 ? [] : [isDraining ? "draining" : isWarm ? "warm" : "no warm instances"];
  const served = isServing
    ? [
        `${percent(share)}${isShort ? "" : " of clients"}`,
        ...(meanMs === undefined ? [] : [`${Math.round(meanMs)} ms`]),
      ]
    : [];
  if (isShort) return [name, (served.length > 0 ? served : runs).join(" · ")];
  return [name, [city, ...gpus.map((gpu) => gpu.toUpperCase())].join(" · "), [...served, ...runs].join(" · ")];
}

/** Places for a label around its region, the nearest first, on the right before the left. */
function placesAround({ x, y }: Spot, { width, height }: Pick<Box, "width" | "height">, farthest: number) {
  const distances = [10, 18, 28, 40, 55, 75, 100, 130].filter((distance) => distance <= farthest);
  return distances.flatMap((distance) =>
    [0, 8, 1, 15, 7, 9, 2, 14, 6, 10, 3, 13, 5, 11, 4, 12].map((turn): Omit<Label, "lines"> => {
      const angle = (turn * Math.PI) / 8;
      const [toX, toY] = [x + distance * Math.cos(angle), y + distance * Math.sin(angle)];
      const anchor = Math.cos(angle) > 0.1 ? "start" : Math.cos(angle) < -0.1 ? "end" : "middle";
      const box = {
        x: toX - (anchor === "start" ? 0 : anchor === "end" ? width : width / 2),
        y: toY - (anchor !== "middle" ? height / 2 : Math.sin(angle) < 0 ? height : 0),
        width,
        height,
      };
      return { box, anchor, ...(distance > 18 ? { leader: [at(toX), at(toY)] as const } : {}) };
    }),
  );
}

/** The marks that are on the map, in as many rows as they need. */
function legendOf(model: MapModel, width: number, top: number): { body: string; height: number } {
  const { regions, cities, links } = model;
  const mark = (state: string, draining: boolean, serving: boolean) => (x: number, y: number) =>
    `<g class="${state}" style="--c:var(--faint)">${markOf({ isServing: serving, isDraining: draining }, x, y)}</g>`;
  const others = regions.filter(({ isServing, isDraining }) => !isServing && !isDraining);
  const entries: [isShown: boolean, text: string, draw: (x: number, y: number) => string][] = [
    [regions.some((each) => each.isServing && each.isWarm), "serving, warm instances", mark("warm", false, true)],
    [regions.some((each) => each.isServing && !each.isWarm), "serving, no warm instances", mark("cold", false, true)],
    [regions.some(({ isDraining }) => isDraining), "draining", mark("draining", true, false)],
    [
      others.length > 0,
      "no global traffic",
      mark(others.every(({ isWarm }) => isWarm) ? "warm" : "cold", false, false),
    ],
    [
      cities.length > 0,
      "clients, coloured by serving region",
      (x, y) => `<circle class="city" style="--c:var(--faint)" cx="${x}" cy="${y}" r="5"/>`,
    ],
    [links.length > 0, "Google's backbone", (x, y) => `<path class="link" d="M${x - 8} ${y}h18"/>`],
  ];
  let [x, y] = [16, top + 14];
  const drawn: string[] = [];
  for (const [isShown, text, draw] of entries) {
    if (!isShown) continue;
    const length = 16 + textWidth(text, SIZE);
    if (x > 16 && x + length > width) [x, y] = [16, y + 20];
    drawn.push(`${draw(x, y)}<text class="faint" x="${x + 14}" y="${y + 4}">${escapeText(text)}</text>`);
    x += length + 20;
  }
  if (drawn.length === 0) return { body: "", height: 0 };
  return { body: `<g class="legend">${drawn.join("")}</g>`, height: y + 14 - top };
}
