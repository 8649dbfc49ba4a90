import type { Block, Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { type Allowed, type LimitOptions, limit } from "./limit";
import { nestedPlaces, placesOfTypes } from "./nested-places";
import type { OldRule as Rule } from "./old-rule";
import type { Severity } from "./rule";

/** A rule without what it does. */
export interface About {
  readonly id: string;
  readonly title: string;
  /** @default "error" */
  readonly severity?: Severity;
  readonly why: string;
  readonly fix: string;
  readonly source: string;
}

/** Reports a block: an attribute relative to it, or empty for the block itself. */
export type Blame = (attribute: string, value: unknown, detail?: string) => void;

/** A rule on one attribute that blocks at several places have: one line of a table. Places are paths of blocks, `` for the resource. */
export function limitAt(
  id: string,
  types: string,
  places: readonly string[],
  attribute: string,
  allowed: Allowed,
  fix: string,
  source: string,
  options: LimitOptions = {},
): Rule {
  const rules = places.map((place) => limit(id, types, within(place, attribute), allowed, fix, source, options));
  const short = types.replaceAll("google_", "").replaceAll("|", ", ");
  return {
    ...rules[0]!,
    title: `${short}: ${attribute} is ${allowed.text}`,
    check(topology, report) {
      for (const rule of rules) rule.check(topology, report);
    },
  };
}

/** A rule on the blocks at some places, each judged as a whole. */
export function blockRule(
  about: About,
  types: string,
  places: readonly string[],
  judge: (block: Block, blame: Blame, resource: Resource, topology: Topology) => void,
): Rule {
  return {
    ...about,
    severity: about.severity ?? "error",
    check(topology, report) {
      for (const place of places) {
        for (const { resource, at, block } of nestedPlaces(placesOfTypes(topology, types), place)) {
          const blame: Blame = (attribute, value, detail) => report(resource, within(at, attribute), value, detail);
          judge(block, blame, resource, topology);
        }
      }
    },
  };
}

/** The blocks at a path, each with its own path. */
export function blocksAt(values: Block, path: string): { at: string; block: Block }[] {
  if (path === "") return [{ at: "", block: values }];
  const root = { resource: undefined as unknown as Resource, at: "", block: values };
  return nestedPlaces([root], path).map(({ at, block }) => ({ at, block }));
}

/** Whether an attribute or a nested block is there. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function within(place: string, attribute: string): string {
  return place === "" ? attribute : attribute === "" ? place : `${place}.${attribute}`;
}
