import { ProxyFrontend, type ProxyFrontendProps, RemovalPolicy, StreamBackend, Tls } from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { FakeTarget } from "../backend/instance-group/group-targets";
import { synth, testStack } from "../support";
import { expectTransition, obstacles, type Transition, transition } from "../transition-support";

interface Setup extends Partial<Omit<ProxyFrontendProps, "backend">> {
  readonly regions?: readonly string[];
  readonly idleTimeoutSeconds?: number;
  readonly backendId?: string;
  /** A second frontend with TLS on the first one's addresses. */
  readonly beside?: boolean;
}

const TWO = ["europe-west1", "us-central1"];

function build({ regions = TWO, idleTimeoutSeconds, backendId = "Backend", beside, ...options }: Setup = {}) {
  const stack = testStack();
  const targets = regions.map((region) => new FakeTarget(stack, region));
  const backend = new StreamBackend(stack, backendId, { targets, idleTimeoutSeconds });
  const props = { backend, ports: [9000], tls: Tls.none(), removalPolicy: RemovalPolicy.DESTROY };
  const { ipv4, ipv6 } = new ProxyFrontend(stack, "Stream", { ...props, ...options });
  if (beside) {
    const tls = Tls.managed(["a.example.com"]);
    new ProxyFrontend(stack, "Tls", { ...props, tls, ports: [443], ipv4Address: ipv4, ipv6Address: ipv6 });
  }
  return synth(stack);
}

const rules = (port: number) => ["IPV4", "IPV6"].map((version) => `Stream/ForwardingRule${version} ${port}`);
const TLS: Setup = { tls: Tls.managed(["a.example.com"]) };

const CHANGES: [string, Setup, Setup, Partial<Transition>][] = [
  ["nothing", {}, {}, {}],
  ["add a port", {}, { ports: [9001, 9000] }, { added: rules(9001) }],
  ["change the port", {}, { ports: [9001] }, { added: rules(9001), removed: rules(9000) }],
  ["add a region", {}, { regions: [...TWO, "asia-east1"] }, { added: ["asia-east1"], changed: ["Backend"] }],
  ["remove a region", {}, { regions: ["europe-west1"] }, { removed: ["us-central1"], changed: ["Backend"] }],
  ["send the PROXY line", {}, { proxyProtocol: true }, { changed: ["Stream/TcpProxy"] }],
  ["send the PROXY line after TLS", TLS, { ...TLS, proxyProtocol: true }, { changed: ["Stream/SslProxy"] }],
  ["wait longer", {}, { idleTimeoutSeconds: 3600 }, { changed: ["Backend"] }],
  [
    "another backend",
    {},
    { backendId: "Other" },
    {
      added: ["Other", "Other/HealthCheck"],
      removed: ["Backend", "Backend/HealthCheck"],
      changed: ["Stream/TcpProxy"],
    },
  ],
  [
    "add a domain to TLS",
    TLS,
    { tls: Tls.managed(["a.example.com", "b.example.com"]) },
    {
      added: ["DnsAuthorization b.example.com", "b.example.com/Certificate", "b.example.com/MapEntry"].map(
        (path) => `Stream/Certificates/${path}`,
      ),
    },
  ],
  ["stop serving IPv6", {}, { ipv6: false }, { removed: ["Stream/IPV6", "Stream/ForwardingRuleIPV6 9000"] }],
];

test.each(CHANGES)("%s", (_name, before, after, expected) => {
  expectTransition(build(before), build(after), expected);
});

test("TLS beside, on another port of the same addresses, touches nothing that serves", () => {
  const { changed, removed, replaced } = transition(build(), build({ beside: true }));
  expect([changed, removed, replaced]).toEqual([[], [], []]);
  expect(obstacles(build(), build({ beside: true }))).toEqual([]);
});

test("TLS on the same port replaces the rules, the old one first: a gap, and nothing else in the way", () => {
  const [before, after]: TerraformDocument[] = [build(), build(TLS)];
  expect(transition(before!, after!)).toMatchObject({
    replaced: rules(9000),
    removed: ["Stream/TcpProxy"],
    changed: [],
  });
  expect(obstacles(before!, after!)).toEqual(rules(9000).map((rule) => `address-lost: ${rule}`));
});
