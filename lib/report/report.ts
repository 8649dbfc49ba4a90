import { labelOf } from "../changes/resource-changes";
import type { Evaluation } from "../rules/evaluate";
import type { Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
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

/** What a value names, as a link; the value itself where the document does not have it. */
export function named({ document }: Topology, value: unknown): Content {
  const target = document.target(value);
  return target ? resourceLink(target, String(target.values.name ?? shortName(target))) : code(value ?? "?");
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
