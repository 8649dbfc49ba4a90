/** One term of a Terraform version constraint, as half-open bounds on versions. */
export interface ConstraintTerm {
  readonly from?: Version;
  readonly below?: Version;
}

type Version = readonly [number, number, number];

/**
 * Reads a Terraform version constraint; undefined when it is malformed. `!=` terms and prereleases
 * are not supported.
 */
export function parseConstraint(text: string): ConstraintTerm[] | undefined {
  const terms: ConstraintTerm[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(=|>=|>|<=|<|~>)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?\s*$/.exec(part);
    if (!match) return undefined;
    const version: Version = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
    const patch: Version = [version[0], version[1], version[2] + 1];
    switch (match[1] ?? "=") {
      case "=":
        terms.push({ from: version, below: patch });
        break;
      case ">=":
        terms.push({ from: version });
        break;
      case ">":
        terms.push({ from: patch });
        break;
      case "<":
        terms.push({ below: version });
        break;
      case "<=":
        terms.push({ below: patch });
        break;
      default:
        terms.push({
          from: version,
          below: match[4] === undefined ? [version[0] + 1, 0, 0] : [version[0], version[1] + 1, 0],
        });
    }
  }
  return terms;
}

/** The lowest version that all terms admit; undefined when no term bounds it from below. */
export function lowerBound(terms: readonly ConstraintTerm[]): string | undefined {
  const lows = terms.flatMap((term) => (term.from ? [term.from] : []));
  if (lows.length === 0) return undefined;
  return lows.reduce((a, b) => (compare(a, b) >= 0 ? a : b)).join(".");
}

/** Whether no version from `version` on is admitted. */
export function excludesAllFrom(terms: readonly ConstraintTerm[], version: string): boolean {
  const froms = terms.flatMap((term) => (term.from ? [term.from] : []));
  const first = froms.reduce((a, b) => (compare(a, b) >= 0 ? a : b), toVersion(version));
  return terms.some((term) => term.below !== undefined && compare(term.below, first) <= 0);
}

/** Whether `a` is `b` or later. */
export function atLeast(a: string, b: string): boolean {
  return compare(toVersion(a), toVersion(b)) >= 0;
}

function toVersion(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(".").map(Number);
  return [major, minor, patch];
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
