import type {
  ComputeUrlMapPathMatcherRouteRulesMatchRulesHeaderMatches as HeaderCondition,
  ComputeUrlMapPathMatcherRouteRulesMatchRules as MatchRule,
  ComputeUrlMapPathMatcherRouteRulesMatchRulesQueryParameterMatches as QueryCondition,
} from "@cdktf/provider-google/lib/compute-url-map";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkLiteral, checkPattern, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { headerName } from "../google/formats";
import { matchedText } from "../google/url-map";

/**
 * A condition on one request header. Names are not case-sensitive, values are. Google Cloud refuses
 * regular expressions on global external load balancers (Compute API v1,
 * HttpHeaderMatch.regexMatch, read 2026-11-22).
 */
@checked
export class HeaderMatch {
  /** The header has this value. */
  public static exact(name: string, value: string): HeaderMatch {
    return new HeaderMatch(name, { exactMatch: value });
  }

  /** The value starts with this. */
  public static prefix(name: string, value: string): HeaderMatch {
    return new HeaderMatch(name, { prefixMatch: value });
  }

  /** The value ends with this. */
  public static suffix(name: string, value: string): HeaderMatch {
    return new HeaderMatch(name, { suffixMatch: value });
  }

  /** The request has the header, with any value. */
  public static present(name: string): HeaderMatch {
    return new HeaderMatch(name, { presentMatch: true });
  }

  /** The request does not have the header. */
  public static absent(name: string): HeaderMatch {
    return HeaderMatch.present(name).inverted();
  }

  /** The value is a whole number from `start` up to, but not including, `end`. */
  public static range(name: string, start: number, end: number): HeaderMatch {
    return new HeaderMatch(name, { rangeMatch: { rangeStart: start, rangeEnd: end } });
  }

  private constructor(
    private readonly name: string,
    private readonly condition: Omit<HeaderCondition, "headerName" | "invertMatch">,
    private readonly invert = false,
  ) {}

  /** The opposite, which also matches if the header is missing. */
  public inverted(): HeaderMatch {
    return new HeaderMatch(this.name, this.condition, !this.invert);
  }

  /** @internal */
  public _check(where: IConstruct): void {
    const { rangeMatch, exactMatch, prefixMatch, suffixMatch, presentMatch } = this.condition;
    checkLiteral(where, "header", this.name);
    checkAllowed(
      where,
      "header",
      this.name,
      headerName,
      this.name === ":method" ? "use methods" : "leave out colon and value",
    );
    if (rangeMatch) {
      const { rangeStart, rangeEnd } = rangeMatch;
      if (!Number.isSafeInteger(rangeStart) || !Number.isSafeInteger(rangeEnd) || rangeStart >= rangeEnd) {
        throw new ValidationError(where, {
          what: `header ${this.name}`,
          got: [rangeStart, rangeEnd],
          allowed: "whole numbers, the start below the end, which is not included",
          fix: "set the end to the last value plus 1",
        });
      }
    } else if (!presentMatch) {
      checkValue(where, `header ${this.name}`, exactMatch ?? prefixMatch ?? suffixMatch ?? "", "HeaderMatch.present");
    }
  }

  /** @internal */
  public _render(): HeaderCondition {
    return { headerName: this.name, ...this.condition, invertMatch: this.invert ? true : undefined };
  }
}

/** A condition on one query parameter. Names and values are case-sensitive. */
@checked
export class QueryParameterMatch {
  /** The parameter has this value. */
  public static exact(name: string, value: string): QueryParameterMatch {
    return new QueryParameterMatch(name, { exactMatch: value });
  }

  /** The request has the parameter, with or without a value. */
  public static present(name: string): QueryParameterMatch {
    return new QueryParameterMatch(name, { presentMatch: true });
  }

  private constructor(
    private readonly name: string,
    private readonly condition: Omit<QueryCondition, "name">,
  ) {}

  /** @internal */
  public _check(where: IConstruct): void {
    checkValue(where, "query parameter", this.name, "a name");
    if (!this.condition.presentMatch)
      checkValue(where, `query parameter ${this.name}`, this.condition.exactMatch ?? "", "QueryParameterMatch.present");
  }

  /** @internal */
  public _render(): QueryCondition {
    return { name: this.name, ...this.condition };
  }
}

function checkValue(where: IConstruct, what: string, value: string, instead: string): void {
  checkLiteral(where, what, value);
  if (!matchedText.holds(value) || /[\r\n]/.test(value)) {
    throw new ValidationError(where, {
      what,
      got: value,
      allowed: `${matchedText.text} on one line`,
      fix: value === "" ? `use ${instead}: Google Cloud takes an empty value for none` : "shorten it",
    });
  }
}

/** What a request must have besides its host and path. */
export interface Conditions {
  readonly methods: readonly string[];
  readonly headers: readonly HeaderMatch[];
  readonly queryParameters: readonly QueryParameterMatch[];
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

export function checkConditions(where: IConstruct, conditions: Conditions): void {
  const { methods, headers, queryParameters } = conditions;
  for (const method of methods) {
    checkPattern(
      where,
      "methods",
      method,
      new RegExp(`^(${METHODS.join("|")})$`),
      METHODS.join(", "),
      "write it in capital letters: methods are case-sensitive",
    );
  }
  checkUnique(where, "methods", methods, "name each method once");
  for (const match of [...headers, ...queryParameters]) match._check(where);
}

/** Number of conditions: of two routes for one path, the one with more is tried first. */
export function conditionCount({ methods, headers, queryParameters }: Conditions): number {
  return (methods.length > 0 ? 1 : 0) + headers.length + queryParameters.length;
}

/** Equal for equal conditions in any order; empty for none. */
export function conditionKey(conditions: Conditions): string {
  if (conditionCount(conditions) === 0) return "";
  const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();
  return JSON.stringify([
    sorted(conditions.methods),
    sorted(conditions.headers.map((match) => match._render())),
    sorted(conditions.queryParameters.map((match) => match._render())),
  ]);
}

/** Match rules are alternatives; conditions in one are combined: hence one rule per method. */
export function renderMatches(path: MatchRule, { methods, headers, queryParameters }: Conditions): MatchRule[] {
  const common = headers.map((match) => match._render());
  const query = queryParameters.map((match) => match._render());
  const alternatives: HeaderCondition[][] =
    methods.length === 0
      ? [common]
      : [...methods].sort().map((method) => [{ headerName: ":method", exactMatch: method }, ...common]);
  return alternatives.map((headerMatches) => ({
    ...path,
    headerMatches: headerMatches.length > 0 ? headerMatches : undefined,
    queryParameterMatches: query.length > 0 ? query : undefined,
  }));
}
