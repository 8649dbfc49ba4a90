import {
  BackendProtocol,
  Balancing,
  Cdn,
  HealthCheck,
  InstanceGroupBackend,
  type InstanceGroupBackendProps,
  LocalityPolicy,
  ServerVerification,
  SessionAffinity,
  UrlRouting,
} from "../../../lib";
import type { TerraformDocument } from "../../../lib/topology/document";
import { instanceGroup } from "../../region/instance-group/instance-group-stack";
import { findingsOf } from "../../rules/rule-support";
import { synth, testStack } from "../../support";
import { expectTransition, obstacles, type Transition, transition } from "../../transition-support";
import { FakeTarget } from "./group-targets";

interface Setup extends Partial<Omit<InstanceGroupBackendProps, "targets">> {
  readonly regions?: readonly string[];
  /** A second backend with a route. */
  readonly second?: boolean;
}

const TWO = ["europe-west1", "us-central1"];

function build({ regions = TWO, second, ...options }: Setup = {}): TerraformDocument {
  const stack = testStack();
  const targets = regions.map((region) => new FakeTarget(stack, region));
  const backend = new InstanceGroupBackend(stack, "Backend", { targets, ...options });
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: backend });
  if (second) {
    const large = new InstanceGroupBackend(stack, "Large", { targets, timeoutSeconds: 7200 });
    routing.addRoute({ paths: ["/v1/large"], backend: large });
  }
  return synth(stack);
}

const verifying = (verification?: ServerVerification): Setup => ({ protocol: BackendProtocol.https(verification) });
const roots = verifying(ServerVerification.publicRoots("a.example.com"));
const trust = (name: string) =>
  verifying(ServerVerification.trustConfig(`projects/p/locations/global/trustConfigs/${name}`));
const IN_PLACE: Partial<Transition> = { changed: ["Backend"] };
const CONFIG = "Backend/AuthenticationConfig";
const LARGE = ["Large", "Large/HealthCheck"];

const CHANGES: [string, Setup, Setup, Partial<Transition>][] = [
  ["nothing", {}, {}, {}],
  ["add a region", {}, { regions: [...TWO, "asia-east1"] }, { ...IN_PLACE, added: ["asia-east1"] }],
  ["drain a region", {}, { drainingRegions: ["us-central1"] }, IN_PLACE],
  [
    "remove a drained region",
    { drainingRegions: ["us-central1"] },
    { regions: ["europe-west1"] },
    { ...IN_PLACE, removed: ["us-central1"] },
  ],
  [
    "swap a region",
    {},
    { regions: ["europe-west1", "asia-east1"] },
    { ...IN_PLACE, added: ["asia-east1"], removed: ["us-central1"] },
  ],
  ["change the balancing", {}, { balancing: Balancing.rate({ maxRatePerInstance: 2 }) }, IN_PLACE],
  [
    "change the kind of the health check",
    {},
    { healthCheck: HealthCheck.http("/ready") },
    { changed: ["Backend/HealthCheck"] },
  ],
  ["turn affinity on", {}, { sessionAffinity: SessionAffinity.header("X-Session-Id") }, IN_PLACE],
  ["turn affinity off", { sessionAffinity: SessionAffinity.clientIp() }, {}, IN_PLACE],
  ["change the locality policy", {}, { localityPolicy: LocalityPolicy.roundRobin() }, IN_PLACE],
  ["change the timeout", {}, { timeoutSeconds: 60 }, IN_PLACE],
  ["turn the CDN on", {}, { cdn: Cdn.originHeaders() }, IN_PLACE],
  ["turn outlier detection on", {}, { outlierDetection: {} }, IN_PLACE],
  ["encrypt", {}, verifying(), IN_PLACE],
  ["verify certificates", verifying(), roots, { ...IN_PLACE, added: [CONFIG, "ProjectServices/networksecurity"] }],
  ["verify no longer", roots, verifying(), { ...IN_PLACE, removed: [CONFIG, "ProjectServices/networksecurity"] }],
  ["trust another authority", trust("a"), trust("b"), { replaced: [CONFIG] }],
  ["add a backend with its route", {}, { second: true }, { added: LARGE, changed: ["Routing"] }],
  ["remove a backend with its route", { second: true }, {}, { removed: LARGE, changed: ["Routing"] }],
];

test.each(CHANGES)("%s", (_name, before, after, expected) => {
  expectTransition(build(before), build(after), expected);
});

describe("over InstanceGroupRegion", () => {
  const over = (regions: readonly string[], options: Setup = {}, port?: number): TerraformDocument => {
    const stack = testStack();
    const targets = regions.map((region) => instanceGroup({ in: stack, id: region, region, port }));
    const backend = new InstanceGroupBackend(stack, "Backend", {
      targets,
      healthCheck: HealthCheck.http("/readyz"),
      balancing: Balancing.rate({ maxRatePerInstance: 2 }),
      ...options,
    });
    new UrlRouting(stack, "Routing", { defaultBackend: backend });
    return synth(stack);
  };
  const [NETHERLANDS, PARIS] = ["europe-west4", "europe-west9"];
  const both = over([NETHERLANDS!, PARIS!]);
  const one = over([NETHERLANDS!]);
  const ofParis = both.resources
    .map(({ path }) => path?.replace(/^test\//, "").replace(/\/Resource$/, ""))
    .filter((path) => path?.includes(PARIS!) && !path.startsWith("ProjectServices")) as string[];

  test("add a region, drain it, remove it", () => {
    const drained = over([NETHERLANDS!, PARIS!], { drainingRegions: [PARIS!] });
    expectTransition(one, both, { added: ofParis, changed: ["Backend"] });
    expectTransition(both, drained, { changed: ["Backend"] });
    expectTransition(drained, one, { removed: ofParis, changed: ["Backend"] });
    expect(ofParis).toContain(`${PARIS}/Autoscaler`);
  });

  test("change the port: the old machines are asked on theirs until the backend has gone over", () => {
    const moved = over([NETHERLANDS!], {}, 9000);
    expect(transition(one, moved).changed).toEqual(["Backend"]);
    expect(transition(one, moved).replaced).toContain("Backend/HealthCheck");
    expect(obstacles(one, moved)).toEqual([]);
  });

  test("the rules have nothing to say of it", () => {
    expect(findingsOf(both.json as never)).toEqual([]);
  });
});
