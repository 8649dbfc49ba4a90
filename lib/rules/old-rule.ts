import type { Source } from "../google/source";
import type { Rule } from "./rule";

/** A rule whose source is a text: what is not converted yet. */
export interface OldRule extends Omit<Rule, "source"> {
  readonly source: string;
}

/** A converted rule among those that are not. */
export function converted(rule: OldRule): Rule {
  const isUnconfirmed = rule.source.includes("general knowledge");
  const source: Source = { kind: isUnconfirmed ? "unconfirmed" : "page", where: rule.source, read: "" };
  const why =
    isUnconfirmed && rule.severity === "error"
      ? `${rule.why} Not an error, because no source at hand confirms it.`
      : rule.why;
  return { ...rule, severity: isUnconfirmed ? "warning" : rule.severity, why, source };
}
