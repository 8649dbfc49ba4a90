import type { Resource } from "../../topology/document";
import type { Frontend } from "../../topology/frontends";
import type { Topology } from "../../topology/topology";
import { textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { About, Blame } from "../places";
import type { Report } from "../rule";

/** A rule on each forwarding rule, global and regional. */
export function frontendRule(
  about: About,
  judge: (frontend: Frontend, blame: Blame, topology: Topology, report: Report) => void,
): Rule {
  return {
    ...about,
    severity: about.severity ?? "error",
    check(topology, report) {
      for (const frontend of topology.frontends) {
        const blame: Blame = (attribute, value, detail) => report(frontend.rule, attribute, value, detail);
        judge(frontend, blame, topology, report);
      }
    },
  };
}

/** The scheme that a forwarding rule will have; undefined where Terraform computes it, and for rules that have none (written as ""). */
export function schemeOfRule(rule: Resource): string | undefined {
  return textOrDefault(rule.values.load_balancing_scheme, "EXTERNAL") || undefined;
}
