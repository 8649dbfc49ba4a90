import type { ComputeUrlMapPathMatcherRouteRulesHeaderAction as HeaderAction } from "@cdktf/provider-google/lib/compute-url-map";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkAllowed } from "../core/checks";
import { ValidationError } from "../core/errors";
import { headerName } from "../google/formats";
import type { RouteProps } from "./route";

export function checkHeaderChanges(where: IConstruct, changes: RouteProps): void {
  check(where, "RequestHeaders", changes.setRequestHeaders, changes.addRequestHeaders, changes.removeRequestHeaders);
  check(
    where,
    "ResponseHeaders",
    changes.setResponseHeaders,
    changes.addResponseHeaders,
    changes.removeResponseHeaders,
  );
}

export function renderHeaderChanges(changes: RouteProps): HeaderAction | undefined {
  const action: HeaderAction = {
    requestHeadersToAdd: additions(changes.setRequestHeaders, changes.addRequestHeaders),
    requestHeadersToRemove: listed(changes.removeRequestHeaders),
    responseHeadersToAdd: additions(changes.setResponseHeaders, changes.addResponseHeaders),
    responseHeadersToRemove: listed(changes.removeResponseHeaders),
  };
  return Object.values(action).some((value) => value !== undefined) ? action : undefined;
}

type Headers = { readonly [name: string]: string };

function check(
  where: IConstruct,
  what: string,
  set: Headers = {},
  add: Headers = {},
  remove: readonly string[] = [],
): void {
  const seen = new Set<string>();
  for (const [verb, names] of [
    ["set", Object.keys(set)],
    ["add", Object.keys(add)],
    ["remove", remove],
  ] as const) {
    for (const name of names) {
      checkAllowed(where, `${verb}${what}`, name, headerName, "leave out colon and value");
      const lower = name.toLowerCase();
      if (lower === "host" || seen.has(lower)) {
        throw new ValidationError(where, {
          what: `${verb}${what}`,
          got: name,
          allowed: "each header once, in one of set, add and remove, and never Host",
          fix: lower === "host" ? "use hostRewrite" : "keep one of them: setting a header replaces its value",
        });
      }
      seen.add(lower);
    }
  }
  for (const [name, value] of [...Object.entries(set), ...Object.entries(add)]) {
    if (!Token.isUnresolved(value) && (value === "" || /[\r\n]/.test(value))) {
      throw new ValidationError(where, {
        what: `${what} ${name}`,
        got: value,
        allowed: "a value on one line",
        fix: value === "" ? `remove the header instead: remove${what}` : "take the line break out",
      });
    }
  }
}

function additions(set: Headers = {}, add: Headers = {}) {
  const render = (headers: Headers, replace: boolean) =>
    Object.entries(headers).map(([headerName, headerValue]) => ({ headerName, headerValue, replace }));
  return listed([...render(set, true), ...render(add, false)]);
}

function listed<T>(values: readonly T[] | undefined): T[] | undefined {
  return values && values.length > 0 ? [...values] : undefined;
}
