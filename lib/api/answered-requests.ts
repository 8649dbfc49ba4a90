import type { IConstruct } from "constructs";
import type { IBackend } from "../backend/backend";
import { checkInteger, checkLiteral } from "../core/checks";
import type { RouteProps } from "../routing/route";
import type { HeaderMatch } from "../routing/route-match";

/** Which requests of an API something else than its own service answers. */
export interface AnsweredRequests {
  /** Paths it answers, as in `RouteProps`. @default every path */
  readonly paths?: string[];
  /** Hosts it answers, as in `RouteProps`. @default every host */
  readonly hosts?: string[];
  /**
   * Headers that a request must all carry: `HeaderMatch.exact("x-model", "large")`. @default none
   */
  readonly headers?: HeaderMatch[];
  /**
   * Percentage of matching requests, 1 to 100; the API's own service gets the rest. @default 100
   */
  readonly percent?: number;
}

/** Whether it answers any request by a route of its own. */
export function answersAny({ paths, hosts, headers, percent }: AnsweredRequests): boolean {
  return (paths ?? hosts ?? headers ?? percent) !== undefined;
}

/** Throws for a percentage that is none. */
export function checkPercent(where: IConstruct, { percent }: AnsweredRequests): void {
  checkLiteral(where, "percent", percent);
  checkInteger(where, "percent", percent, 1, 100, "give a share of the requests; without it they all arrive");
}

/** The route of these requests to a backend, or by percentage to it and to another. */
export function routeOf(requests: AnsweredRequests, backend: IBackend, rest: IBackend): RouteProps {
  const { paths, hosts, headers, percent } = requests;
  if (percent === undefined || percent === 100) return { paths, hosts, headers, backend };
  return {
    paths,
    hosts,
    headers,
    weightedBackends: [
      { backend, weight: percent },
      { backend: rest, weight: 100 - percent },
    ],
  };
}
