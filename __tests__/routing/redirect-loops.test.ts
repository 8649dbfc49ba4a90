import { QueryParameterMatch, Redirect, type RouteProps } from "../../lib";
import { STABLE, urlMap } from "./routing-support";

const hosts = ["a.example.com"];
const to = (props: Partial<RouteProps>): RouteProps => ({ backend: STABLE, ...props });
const leadsBack = (from: string) => `redirect: got "${from}, which leads back to the same route"`;

test.each<[string, RouteProps, string]>([
  ["the same path", { redirect: Redirect.toPath("/a"), paths: ["/a"] }, leadsBack("*/a")],
  ["below its own prefix", { redirect: Redirect.toPrefix("/v1/new/"), paths: ["/v1/*"] }, leadsBack("*/v1/*")],
  ["one of all hosts", { redirect: Redirect.toHost("b.example.com") }, leadsBack("*/*")],
  [
    "a host below the wildcard",
    { redirect: Redirect.toHost("b.example.com"), hosts: ["*.example.com"] },
    leadsBack("*.example.com/*"),
  ],
  [
    "the same template",
    { redirect: Redirect.toHost("b.example.com"), templates: ["/{a}/{b=**}"] },
    leadsBack("*/{a}/{b=**}"),
  ],
])("fails in synth for a redirect to %s, unless another route answers there", (_, route, message) => {
  expect(() => urlMap([route])).toThrow(message);
});

test.each<[string, RouteProps[]]>([
  ["every host to one with routes of its own", [{ redirect: Redirect.toHost("a.example.com") }, to({ hosts })]],
  [
    "a prefix to a path below it",
    [{ redirect: Redirect.toPath("/docs/a"), paths: ["/docs/*"] }, to({ paths: ["/docs/a"] })],
  ],
  [
    "one query to the same path without it",
    [
      {
        redirect: Redirect.toPath("/a", { stripQuery: true }),
        paths: ["/a"],
        queryParameters: [QueryParameterMatch.present("old")],
      },
    ],
  ],
  ["a path to its prefix", [{ redirect: Redirect.toPath("/docs/"), paths: ["/docs"] }]],
  ["a template to a longer path", [{ redirect: Redirect.toPath("/v1/x/y"), templates: ["/v1/{a}"] }]],
])("takes a redirect of %s", (_, routes) => {
  expect(() => urlMap(routes)).not.toThrow();
});
