import { Access, Cdn, ContainerImage, GlobalAiApi, type GlobalAiApiProps, PlainHttp, RemovalPolicy, Tls } from "../lib";
import { TerraformDocument } from "../lib/topology/document";
import { only, synth, testStack } from "./support";
import { createdFirst, expectTransition, obstacles, type Transition } from "./transition-support";

const [BELGIUM, IOWA, SINGAPORE] = ["europe-west1", "us-central1", "asia-southeast1"];
const IMAGE = ContainerImage.fromReference("docker.io/acme/chat:1");
const DESTROY = { removalPolicy: RemovalPolicy.DESTROY };
const CERTIFICATES = "chat/Frontend/Certificates";

interface Setup extends Partial<GlobalAiApiProps> {
  readonly and?: (api: GlobalAiApi) => void;
}

function build({ and, ...options }: Setup = {}): TerraformDocument {
  const stack = testStack();
  const api = new GlobalAiApi(stack, "chat", {
    image: IMAGE,
    regions: [BELGIUM, IOWA],
    tls: Tls.managed(["api.example.com"]),
    ...options,
  });
  and?.(api);
  return synth(stack);
}

const withRoute: Setup = { and: (api) => api.addRoute({ backend: api.service.backend, paths: ["/v1/models"] }) };
const withCachedRoute: Setup = {
  and: (api) =>
    api.addRoute({ backend: api.service.addBackend("Cached", { cdn: Cdn.originHeaders() }), paths: ["/v1/models"] }),
};
const withService: Setup = {
  ...DESTROY,
  and: (api) => void api.addService("embeddings", { image: IMAGE, paths: ["/v1/embeddings"] }),
};
const withDomains = (...domains: string[]): Setup => ({ tls: Tls.managed(domains) });

const EMBEDDINGS = [
  "chat/embeddings/Backend",
  "chat/embeddings/ServiceAccount",
  `chat/embeddings/${BELGIUM}`,
  `chat/embeddings/${BELGIUM}/Neg`,
  `chat/embeddings/${IOWA}`,
  `chat/embeddings/${IOWA}/Neg`,
];
const ofDomain = (domain: string) => [
  `${CERTIFICATES}/DnsAuthorization ${domain}`,
  `${CERTIFICATES}/${domain}/Certificate`,
  `${CERTIFICATES}/${domain}/MapEntry`,
];
const SERVICES = [`chat/Service/${BELGIUM}`, `chat/Service/${IOWA}`];
const NEGS = SERVICES.map((service) => `${service}/Neg`);
const STAFF_ONLY = { access: Access.members(["group:staff@acme.example"]) };
const grantStaff = (api: GlobalAiApi) => api.service.grantInvoke("group:staff@acme.example");
const INVOKERS = SERVICES.map((service) => `${service}/Invoker group:staff@acme.example`);
const REDIRECT = "chat/Frontend/HttpRedirect";
const ALL_OF_TLS = [
  ...ofDomain("api.example.com"),
  `${CERTIFICATES}/Map`,
  REDIRECT,
  "chat/Frontend/HttpsForwardingRuleIPV4",
  "chat/Frontend/HttpsForwardingRuleIPV6",
  "chat/Frontend/HttpsProxy",
  "chat/Frontend/SslPolicy",
];

const CHANGES: [string, Setup, Setup, Partial<Transition>][] = [
  ["nothing", {}, {}, {}],
  [
    "add a region",
    {},
    { regions: [BELGIUM, IOWA, SINGAPORE] },
    {
      added: [`chat/Service/${SINGAPORE}`, `chat/Service/${SINGAPORE}/Neg`],
      changed: ["chat/Service/Backend"],
    },
  ],
  ["drain a region", {}, { drainingRegions: [IOWA] }, { changed: ["chat/Service/Backend", `chat/Service/${IOWA}`] }],
  [
    "remove a drained region",
    { drainingRegions: [IOWA] },
    { regions: [BELGIUM] },
    { removed: [`chat/Service/${IOWA}`, `chat/Service/${IOWA}/Neg`] },
  ],
  [
    "remove an unprotected region at once",
    DESTROY,
    { ...DESTROY, regions: [BELGIUM] },
    {
      removed: [`chat/Service/${IOWA}`, `chat/Service/${IOWA}/Neg`],
      changed: ["chat/Service/Backend"],
    },
  ],
  ["add a route", {}, withRoute, { changed: ["chat/Routing"] }],
  ["remove a route", withRoute, {}, { changed: ["chat/Routing"] }],
  ["add a cached route", {}, withCachedRoute, { added: ["chat/Service/Cached"], changed: ["chat/Routing"] }],
  ["remove a cached route", withCachedRoute, {}, { removed: ["chat/Service/Cached"], changed: ["chat/Routing"] }],
  ["add a service", DESTROY, withService, { added: EMBEDDINGS, changed: ["chat/Routing"] }],
  ["remove a service", withService, DESTROY, { removed: EMBEDDINGS, changed: ["chat/Routing"] }],
  ["add a domain", {}, withDomains("b.example.com", "api.example.com"), { added: ofDomain("b.example.com") }],
  ["remove a domain", withDomains("b.example.com", "api.example.com"), {}, { removed: ofDomain("b.example.com") }],
  [
    "add the wildcard of a domain",
    {},
    withDomains("api.example.com", "*.api.example.com"),
    { added: ofDomain("*.api.example.com").slice(1) },
  ],
  [
    "remove the domain and keep its wildcard",
    withDomains("api.example.com", "*.api.example.com"),
    withDomains("*.api.example.com"),
    { removed: ofDomain("api.example.com").slice(1) },
  ],
  ["change the image", {}, { image: ContainerImage.fromReference("docker.io/acme/chat:2") }, { changed: SERVICES }],
  ["turn the CDN on", {}, { cdn: Cdn.originHeaders() }, { changed: ["chat/Service/Backend"] }],
  ["turn the CDN off", { cdn: Cdn.originHeaders() }, {}, { changed: ["chat/Service/Backend"] }],
  [
    "turn TLS on",
    { tls: Tls.none() },
    {},
    { added: [...ALL_OF_TLS, "ProjectServices/certificatemanager"], changed: ["chat/Frontend/HttpProxy"] },
  ],
  [
    "turn TLS on beside plain HTTP",
    { tls: Tls.none() },
    { plainHttp: PlainHttp.SERVE },
    { added: [...ALL_OF_TLS, "ProjectServices/certificatemanager"].filter((each) => each !== REDIRECT) },
  ],
  [
    "redirect once the certificate is active",
    { plainHttp: PlainHttp.SERVE },
    { plainHttp: PlainHttp.REDIRECT },
    { added: [REDIRECT], changed: ["chat/Frontend/HttpProxy"] },
  ],
  [
    "close port 80",
    {},
    { plainHttp: PlainHttp.OFF },
    {
      removed: [
        "chat/Frontend/HttpForwardingRuleIPV4",
        "chat/Frontend/HttpForwardingRuleIPV6",
        "chat/Frontend/HttpProxy",
        REDIRECT,
      ],
    },
  ],
  [
    "turn TLS off",
    {},
    { tls: Tls.none() },
    { removed: [...ALL_OF_TLS, "ProjectServices/certificatemanager"], changed: ["chat/Frontend/HttpProxy"] },
  ],
  [
    "move to a certificate map of one's own",
    {},
    { tls: Tls.certificateMap("projects/p/locations/global/certificateMaps/main", ["api.example.com"]) },
    {
      removed: [...ofDomain("api.example.com"), `${CERTIFICATES}/Map`, "ProjectServices/certificatemanager"],
      changed: ["chat/Frontend/HttpsProxy"],
    },
  ],
  [
    "keep idle connections longer",
    {},
    { tls: Tls.managed(["api.example.com"], { keepAliveSeconds: 900 }) },
    { replaced: ["chat/Frontend/HttpsProxy"] },
  ],
  ["rename an unprotected service", DESTROY, { ...DESTROY, serviceName: "chat" }, { replaced: [...SERVICES, ...NEGS] }],
  [
    "rename an unprotected service that members call",
    { ...DESTROY, ...STAFF_ONLY },
    { ...DESTROY, ...STAFF_ONLY, serviceName: "chat" },
    { replaced: [...SERVICES, ...NEGS, ...INVOKERS] },
  ],
  ["restrict access to callers who have been granted it", { and: grantStaff }, STAFF_ONLY, { changed: SERVICES }],
  ["open restricted access", STAFF_ONLY, {}, { removed: INVOKERS, changed: SERVICES }],
  [
    "give up IPv6",
    DESTROY,
    { ...DESTROY, ipv6: false },
    {
      removed: ["chat/Frontend/HttpForwardingRuleIPV6", "chat/Frontend/HttpsForwardingRuleIPV6", "chat/Frontend/IPV6"],
    },
  ],
  ["lift the protection", {}, DESTROY, { changed: SERVICES }],
];

test.each(CHANGES)("to %s touches what it must, and applies without a gap", (_, from, to, expected) => {
  expectTransition(build(from), build(to), expected);
});

test("addresses and port 80 stay what they are when TLS comes: only the proxy's URL map changes", () => {
  const [before, after] = [build({ tls: Tls.none() }), build()];
  const kept = before.resources.filter(({ type }) => /_global_(address|forwarding_rule)$/.test(type));
  expect(kept).toHaveLength(4);
  for (const resource of kept) expect(after.at(resource.address)).toEqual(resource);
  const proxy = (document: TerraformDocument) => only(document, "google_compute_target_http_proxy").values;
  expect(proxy(after)).toEqual({ ...proxy(before), url_map: expect.any(String) });
  expect(before.target(proxy(before).url_map)?.path).toBe("test/chat/Routing/Resource");
  expect(after.target(proxy(after).url_map)?.path).toBe("test/chat/Frontend/HttpRedirect");
});

test("create_before_destroy spreads to all that serves a request, and stops short of addresses and forwarding rules", () => {
  const document = build(STAFF_ONLY);
  const first = createdFirst(document);
  const others = document.resources.filter(({ address }) => !first.has(address)).map(({ type }) => type);
  expect([...new Set(others)].sort()).toEqual([
    "google_compute_global_address",
    "google_compute_global_forwarding_rule",
  ]);
});

describe("what would not apply is seen", () => {
  /** The document as it would be without create_before_destroy. */
  const unmarked = (document: TerraformDocument) =>
    TerraformDocument.parse(JSON.parse(JSON.stringify(document.json).replaceAll('"create_before_destroy":true', "")));

  test.each([
    ["region", DESTROY, { ...DESTROY, regions: [BELGIUM] }, `chat/Service/${IOWA}/Neg`],
    ["cached route", withCachedRoute, {}, "chat/Service/Cached"],
  ])("the removal of a %s without create_before_destroy", (_, from, to, used) => {
    expect(obstacles(unmarked(build(from)), unmarked(build(to)))).toEqual([`in-use: ${used}`]);
  });

  test("the removal of a protected region or service", () => {
    expect(obstacles(build(), build({ regions: [BELGIUM] }))).toEqual([`protected: chat/Service/${IOWA}`]);
    expect(obstacles(build({ ...withService, removalPolicy: RemovalPolicy.PROTECT }), build())).toEqual([
      `protected: chat/embeddings/${BELGIUM}`,
      `protected: chat/embeddings/${IOWA}`,
    ]);
  });

  test("callers who are refused until their grants are known everywhere", () => {
    expect(obstacles(build(), build(STAFF_ONLY))).toEqual(SERVICES.map((each) => `callers-refused: ${each}`));
  });

  test("a replacement under the same name, and one of an address", () => {
    const before = build(DESTROY);
    const altered = (from: string, to: string) =>
      TerraformDocument.parse(JSON.parse(JSON.stringify(before.json).replace(from, to)));
    expect(obstacles(before, altered('"tls_early_data":"DISABLED"', '"tls_early_data":"STRICT"'))).toEqual([
      "name-collision: chat/Frontend/HttpsProxy",
    ]);
    const { name } = only(before, "google_compute_global_address", "IPV4/Resource").values;
    expect(obstacles(before, altered(`"name":"${name}"`, '"name":"other"'))).toContain(
      "address-lost: chat/Frontend/IPV4",
    );
  });
});
