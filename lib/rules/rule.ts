import { REJECTED } from "../google/fact";
import { isConfirmed, type Source } from "../google/source";
import type { Block, Resource } from "../topology/document";
import type { Topology } from "../topology/topology";

/**
 * Errors fail synth: Google Cloud rejects it, or it does not do what it says. Warnings may be
 * meant.
 */
export type Severity = "error" | "warning";

/** Something that Google Cloud rejects, or accepts and silently gets wrong. */
export interface RuleFacts {
  /** Stable, kebab case, starting with its group: `run-timeout`. */
  readonly id: string;
  /** What must hold, in one line. */
  readonly title: string;
  readonly severity: Severity;
  /** What happens where it does not hold. */
  readonly why: string;
  readonly fix: string;
  /** Where Google or the provider says so, and when it was read. */
  readonly source: Source;
  /** Whether it is said once for a document: an opinion, not a fault of one resource. */
  readonly once?: boolean;
}

export interface Rule extends RuleFacts {
  /**
   * Reports each place where it does not hold. What Terraform has yet to compute is never reported.
   */
  check(topology: Topology, report: Report): void;
}

/**
 * @param attribute Path of the attribute in the resource: `template.0.timeout`.
 * @param value What stands there; undefined when the trouble is that nothing does.
 * @param detail What is particular to this place, in a few words.
 */
export type Report = (resource: Resource, attribute: string, value: unknown, detail?: string) => void;

/** One place where a rule does not hold. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Of the resource to blame: `google_compute_url_map.main`. */
  readonly address: string;
  /** Of its construct; undefined in JSON that CDKTF did not write. */
  readonly path?: string;
  readonly attribute: string;
  readonly value: unknown;
  /** What must hold. */
  readonly title: string;
  /** What is particular to the place. */
  readonly detail?: string;
  /** Title, detail, and what happens otherwise. */
  readonly message: string;
  readonly fix: string;
  readonly source: string;
  /** How many further places have it, of a rule that is said once for a document. */
  readonly more?: number;
}

/** Reports an attribute relative to the place that is judged, or empty for the place itself. */
export type Blame = (attribute: string, value: unknown, detail?: string) => void;

/**
 * What a rule looks at: a resource or one of its blocks, with whatever a reader of the topology
 * knows of it.
 */
export interface Subject {
  readonly resource: Resource;
  /** Path of the block in the resource. @default the resource itself */
  readonly at?: string;
  /** Resources that have the same there: they are judged as one. @default the resource alone */
  readonly alike?: readonly Resource[];
}

/** A subject, without its resource where it stands for several. */
type Judged<T extends Subject> = T extends { readonly alike: readonly Resource[] } ? Omit<T, "resource"> : T;

export interface RuleProps<T extends Subject> extends Omit<RuleFacts, "id" | "severity" | "source" | "why"> {
  /** @default that Google Cloud rejects it at apply */
  readonly why?: string;
  readonly source: Source;
  /**
   * Whether Google Cloud accepts it, so that it is only a warning. What no source confirms is one
   * anyway. @default false
   */
  readonly advice?: boolean;
  judge(subject: Judged<T>, blame: Blame, topology: Topology): void;
}

/**
 * A rule on how resources and blocks go together. What one attribute may be is in the tables of
 * `google/`.
 *
 * @param over What is judged, each by itself: `blocks("google_compute_url_map", "path_matcher")`,
 * or a reader of the topology.
 */
export function rule<T extends Subject>(
  id: string,
  over: (topology: Topology) => Iterable<T>,
  props: RuleProps<T>,
): Rule {
  const { advice, judge, why = REJECTED, ...about } = props;
  return {
    ...about,
    id,
    why,
    severity: advice || !isConfirmed(props.source) ? "warning" : "error",
    check(topology, report) {
      let subject: Subject;
      // One for all subjects: there are thousands of them, and hardly any is blamed.
      const blame: Blame = (attribute, value, detail) => {
        const { resource, at = "", alike = [resource] } = subject;
        for (const each of alike) report(each, within(at, attribute), value, detail);
      };
      for (const each of over(topology)) {
        subject = each;
        judge(each as Judged<T>, blame, topology);
      }
    },
  };
}

/**
 * The blocks at one or several paths within the resources of some types (separated by `|`); the
 * resources themselves without a path.
 */
export function blocks(
  types: string,
  ...paths: readonly string[]
): (topology: Topology) => readonly { readonly resource: Resource; readonly at: string; readonly block: Block }[] {
  return (topology) =>
    paths.length < 2 ? topology.places(types, paths[0]) : paths.flatMap((path) => topology.places(types, path));
}

/** A path within a block's path. */
export function within(place: string, attribute: string): string {
  return place === "" ? attribute : attribute === "" ? place : `${place}.${attribute}`;
}
