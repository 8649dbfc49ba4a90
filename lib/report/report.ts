import { labelOf } from "../changes/resource-changes";
import type { Evaluation } from "../rules/evaluate";
import { blocksOf, type Resource } from "../topology/document";
import type { Frontend } from "../topology/frontends";
import type { Route } from "../topology/routes";
import type { Topology } from "../topology/topology";
import { textOf, textsOf } from "../topology/value";
import { type Content, code, html } from "./html";

/** What a page is made of: one document, what the rules say of it, and what was there before. */
export interface Report {
  /** Of the stack, or the path of the document. */
  readonly name: string;
  readonly topology: Topology;
  readonly evaluation: Evaluation;
  readonly former?: {
    readonly topology: Topology;
    /** Such as "since the last deploy". */
    readonly since: string;
  };
}

/** What opens a resource's details. */
export function resourceLink(
  resource: Pick<Resource, "address" | "path">,
  label: Content = shortName(resource),
): Content {
  return html`<button type="button" class="link" data-address="${resource.address}">${label}</button>`;
}

/** Construct path without the stack, or the address. */
export function shortName({ address, path }: Pick<Resource, "address" | "path">): string {
  return labelOf({ address, path } as Resource);
}

/** The name in Google Cloud; where Terraform computes it, what the document calls the resource. */
export function nameOf(resource: Resource): string {
  return textOf(resource.values.name) ?? shortName(resource);
}

/** The name that a drawing has room for: in Google Cloud, of a group that of its machines. */
export function cloudName({ values, name }: Resource): string {
  return textOf(values.name) ?? textOf(values.base_instance_name) ?? name;
}

/** What a value names, as a link; the value itself where the document does not have it. */
export function named({ document }: Topology, value: unknown): Content {
  const target = document.target(value);
  return target ? resourceLink(target, nameOf(target)) : isGiven(value) ? code(unwrapped(value)) : "?";
}

/** A value as it is read: an expression without its braces. */
export function unwrapped(value: unknown): string {
  return String(value).replace(/^\$\{\s*([^{}]*?)\s*\}$/, "$1");
}

/** The items of a list as they are read; an expression in place of the list is one. */
export function shownTexts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(isGiven).map(unwrapped);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** The hosts that lead to a route, those that Terraform computes as they are written. */
export function hostsOf({ urlMap, attribute, hosts }: Route): string[] {
  const [, index] = attribute.split(".");
  if (index === undefined) return [...hosts];
  const name = blocksOf(urlMap.values.path_matcher)[Number(index)]?.name;
  return blocksOf(urlMap.values.host_rule)
    .filter(({ path_matcher: to }) => to === name)
    .flatMap((rule) => shownTexts(rule.hosts));
}

/** Where an address is: "global", "internal, europe-west1". */
export function placeOf({ isGlobal, region, scheme }: Frontend): string {
  const isInternal = /^INTERNAL/.test(scheme ?? "");
  // The addresses of cross-region internal load balancers are regional, whatever their rules are.
  const place = isGlobal ? (isInternal ? [] : ["global"]) : [region ?? "regional"];
  return [...(isInternal ? ["internal"] : []), ...place].join(", ");
}

/** What a rule listens for: "HTTPS 443", "UDP 500", "ESP". */
export function portsOf({ protocol, portRange, rule }: Frontend): string {
  const ports = portRange ?? textsOf(rule.values.ports).join(", ");
  return [protocol ?? textOf(rule.values.ip_protocol) ?? "TCP", ports].join(" ").trim();
}

/** `3 regions`, `1 region`. */
export function counted(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Names of regions: all of few, some of many with the rest behind a click. */
export function regionList(regions: readonly string[]): Content {
  const names = [...new Set(regions)].sort();
  const list = names.map((name, index) => [index > 0 ? ", " : "", whole(name)]);
  if (names.length <= 6) return list;
  return html`<details><summary>${counted(names.length, "region")}</summary>${list}</details>`;
}

/** A short name that no line break cuts. */
export function whole(name: string): Content {
  return html`<span class="whole">${name}</span>`;
}
