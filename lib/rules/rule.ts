import type { Resource } from "../topology/document";
import type { Topology } from "../topology/topology";

/** Errors fail synth: Google Cloud rejects it, or it does not do what it says. Warnings may be meant. */
export type Severity = "error" | "warning";

/** Something that Google Cloud rejects, or accepts and silently gets wrong. */
export interface Rule {
  /** Stable, kebab case, starting with its group: `run-timeout`. */
  readonly id: string;
  /** What must hold, in one line. */
  readonly title: string;
  readonly severity: Severity;
  /** What happens where it does not hold. */
  readonly why: string;
  readonly fix: string;
  /** Where Google or the provider says so, and when it was read. */
  readonly source: string;
  /** Reports each place where it does not hold. What Terraform has yet to compute is never reported. */
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
  readonly message: string;
  readonly fix: string;
  readonly source: string;
}
