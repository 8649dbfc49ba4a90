import {
  ContainerImage,
  HeaderMatch,
  MultiRegionService,
  Redirect,
  RemovalPolicy,
  type RouteProps,
  type ServerlessBackend,
  UrlRouting,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { only, synth, testStack } from "../support";
import { obstacles, type Transition, transition } from "../transition-support";
import { matcher } from "./routing-support";

interface Backends {
  readonly stable: ServerlessBackend;
  readonly canary: ServerlessBackend;
}
type Routes = (backends: Backends) => RouteProps[];

/** A stable service and a canary beside it; the canary only where a route leads to it. */
function build(routes: Routes = () => [], withCanary = false, defaultIsCanary = false): TerraformDocument {
  const stack = testStack();
  const image = ContainerImage.fromReference("docker.io/acme/chat:1");
  const service = (id: string) =>
    new MultiRegionService(stack, id, { image, regions: ["europe-west1"], removalPolicy: RemovalPolicy.DESTROY })
      .backend;
  const stable = service("Stable");
  const canary = withCanary ? service("Canary") : stable;
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: defaultIsCanary ? canary : stable });
  for (const route of routes({ stable, canary })) routing.addRoute(route);
  return synth(stack);
}

const CANARY = ["Canary/Backend", "Canary/ServiceAccount", "Canary/europe-west1", "Canary/europe-west1/Neg"];
const share =
  (weight: number): Routes =>
  ({ stable, canary }) => [
    {
      weightedBackends: [
        { backend: stable, weight: 100 - weight },
        { backend: canary, weight },
      ],
    },
  ];
const plain: Routes = ({ stable }) => [{ backend: stable, paths: ["/v1/models"] }];
const renamed: Routes = ({ stable }) => [{ backend: stable, paths: ["/v2/models"] }];
const redirected: Routes = ({ stable }) => [
  ...renamed({ stable, canary: stable }),
  { redirect: Redirect.toPath("/v2/models"), paths: ["/v1/models"] },
];
const conditional: Routes = (backends) => [
  ...plain(backends),
  { backend: backends.canary, headers: [HeaderMatch.exact("X-Canary", "1")], priority: 1 },
];
const ROUTING = { changed: ["Routing"] };

test.each<[string, TerraformDocument, TerraformDocument, Partial<Transition>]>([
  ["start a canary", build(), build(share(5), true), { added: CANARY, ...ROUTING }],
  ["give the canary more", build(share(5), true), build(share(50), true), ROUTING],
  ["make the canary the default", build(share(100), true), build(undefined, true, true), ROUTING],
  ["give the canary up", build(share(5), true), build(), { removed: CANARY, ...ROUTING }],
  ["rename a route", build(plain), build(renamed), ROUTING],
  ["leave a redirect behind", build(plain), build(redirected), ROUTING],
  ["go from path rules to route rules", build(plain, true), build(conditional, true), ROUTING],
  ["go back to path rules", build(conditional, true), build(plain, true), ROUTING],
  ["start a canary by header", build(plain), build(conditional, true), { added: CANARY, ...ROUTING }],
  ["swap the default backend", build(plain, true), build(plain, true, true), ROUTING],
])("to %s changes the URL map in place, and applies in one go", (_, before, after, expected) => {
  expect(transition(before, after)).toEqual({ added: [], removed: [], changed: [], replaced: [], ...expected });
  expect(obstacles(before, after)).toEqual([]);
  for (const reference of after.references(only(after, "google_compute_url_map").values))
    expect(after.at(reference.address)).toBeDefined();
});

test("the weights of a canary are all that changes when it gets more", () => {
  const rule = (weight: number) => matcher(only(build(share(weight), true), "google_compute_url_map")).route_rules![0]!;
  const { route_action: before, ...others } = rule(5);
  const { route_action: after, ...same } = rule(50);
  expect(same).toEqual(others);
  expect(after).not.toEqual(before);
});
