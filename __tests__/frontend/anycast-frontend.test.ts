import { TerraformOutput } from "cdktf";
import {
  AnycastAddress,
  AnycastFrontend,
  type AnycastFrontendProps,
  IpVersion,
  PlainHttp,
  RemovalPolicy,
  Tls,
  TlsProfile,
  TlsVersion,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { attributes, dependsOn, only, synth, testStack } from "../support";

const ADDRESS = "google_compute_global_address";
const RULE = "google_compute_global_forwarding_rule";
const HTTPS_PROXY = "google_compute_target_https_proxy";
const HTTP_PROXY = "google_compute_target_http_proxy";
const SSL_POLICY = "google_compute_ssl_policy";
const URL_MAP = "google_compute_url_map";
const CERTIFICATE_MAP = "google_certificate_manager_certificate_map";

const URL_MAP_ID = "projects/p/global/urlMaps/main";
const MAP_ID = "projects/p/locations/global/certificateMaps/main";
const HTTPS = Tls.managed(["api.example.com"]);

function frontend(options: Partial<AnycastFrontendProps> = {}): TerraformDocument {
  const stack = testStack();
  const { url, dnsRecords } = new AnycastFrontend(stack, "Frontend", {
    urlMap: { urlMapId: URL_MAP_ID },
    tls: HTTPS,
    ...options,
  });
  new TerraformOutput(stack, "url", { value: url });
  new TerraformOutput(stack, "records", { value: dnsRecords });
  return synth(stack);
}

/** What listens: address version and port, and the type of the proxy behind. */
function listeners(document: TerraformDocument): string[] {
  return document.ofType(RULE).map(({ values }) => {
    const version = document.target(values.ip_address)?.values.ip_version ?? values.ip_address;
    return `${version} ${values.port_range} ${document.target(values.target)?.type}`;
  });
}

const output = (document: TerraformDocument, name: string) => (document.outputs[name] as { value: unknown }).value;

describe("with TLS", () => {
  test("listens for HTTPS and HTTP on one address per IP version", () => {
    const document = frontend();
    expect(document.ofType(ADDRESS)).toHaveLength(2);
    expect(listeners(document)).toEqual([
      `IPV4 443 ${HTTPS_PROXY}`,
      `IPV6 443 ${HTTPS_PROXY}`,
      `IPV4 80 ${HTTP_PROXY}`,
      `IPV6 80 ${HTTP_PROXY}`,
    ]);
  });

  test("every forwarding rule says its scheme and tier, those of IPv6 their IP version and those of IPv4 none", () => {
    const document = frontend();
    for (const { values } of document.ofType(RULE)) {
      expect(values).toMatchObject({
        load_balancing_scheme: "EXTERNAL_MANAGED",
        network_tier: "PREMIUM",
        ip_protocol: "TCP",
      });
      const isIpv6 = document.target(values.ip_address)?.values.ip_version === "IPV6";
      expect(values.ip_version).toBe(isIpv6 ? "IPV6" : undefined);
    }
  });

  test("asks the URL map, with the certificates of the map and HTTP/3", () => {
    const document = frontend();
    const proxy = only(document, HTTPS_PROXY);
    expect(attributes(proxy)).toEqual({
      name: expect.stringMatching(/^test-frontend-[a-z0-9]{6}$/),
      url_map: URL_MAP_ID,
      certificate_map: `//certificatemanager.googleapis.com/\${${only(document, CERTIFICATE_MAP).address}.id}`,
      ssl_policy: `\${${only(document, SSL_POLICY).address}.id}`,
      quic_override: "ENABLE",
      tls_early_data: "DISABLED",
    });
  });

  test("serves only when every domain has its map entry", () => {
    const document = frontend({ tls: Tls.managed(["api.example.com", "*.example.com"]) });
    const entries = document.ofType("google_certificate_manager_certificate_map_entry");
    expect(entries).toHaveLength(2);
    expect(dependsOn(only(document, HTTPS_PROXY))).toEqual(entries.map(({ address }) => address));
  });

  test("redirects http:// by 308, which keeps method, path and query", () => {
    const document = frontend();
    const redirect = document.target(only(document, HTTP_PROXY).values.url_map)!;
    expect(attributes(redirect)).toEqual({
      name: expect.any(String),
      default_url_redirect: {
        https_redirect: true,
        redirect_response_code: "PERMANENT_REDIRECT",
        strip_query: false,
      },
    });
  });

  test("serves the API on port 80 too where asked to, for a move from plain HTTP", () => {
    const document = frontend({ plainHttp: PlainHttp.SERVE });
    expect(listeners(document)).toContain(`IPV4 80 ${HTTP_PROXY}`);
    expect(only(document, HTTP_PROXY).values.url_map).toBe(only(document, HTTPS_PROXY).values.url_map);
    expect(document.ofType(URL_MAP)).toEqual([]);
  });

  test("without the redirect, nothing listens on port 80", () => {
    const document = frontend({ plainHttp: PlainHttp.OFF });
    expect(listeners(document)).toEqual([`IPV4 443 ${HTTPS_PROXY}`, `IPV6 443 ${HTTPS_PROXY}`]);
    expect([...document.ofType(HTTP_PROXY), ...document.ofType(URL_MAP)]).toEqual([]);
  });

  test("refuses old clients by default, and takes them where asked to", () => {
    expect(attributes(only(frontend(), SSL_POLICY))).toMatchObject({ min_tls_version: "TLS_1_2", profile: "MODERN" });
    const tls = Tls.managed(["a.example.com"], { minVersion: TlsVersion.TLS_1_0, profile: TlsProfile.COMPATIBLE });
    expect(attributes(only(frontend({ tls }), SSL_POLICY))).toMatchObject({
      min_tls_version: "TLS_1_0",
      profile: "COMPATIBLE",
    });
  });

  test("can leave HTTP/3 out and keep idle connections longer", () => {
    const tls = Tls.managed(["api.example.com"], { quic: false, keepAliveSeconds: 900 });
    expect(only(frontend({ tls }), HTTPS_PROXY).values).toMatchObject({
      quic_override: "DISABLE",
      http_keep_alive_timeout_sec: 900,
    });
  });
});

describe("without TLS", () => {
  test("serves on port 80 only, without certificate, policy or redirect", () => {
    const document = frontend({ tls: Tls.none() });
    expect(listeners(document)).toEqual([`IPV4 80 ${HTTP_PROXY}`, `IPV6 80 ${HTTP_PROXY}`]);
    expect(only(document, HTTP_PROXY).values.url_map).toBe(URL_MAP_ID);
    for (const type of [HTTPS_PROXY, SSL_POLICY, CERTIFICATE_MAP, URL_MAP]) expect(document.ofType(type)).toEqual([]);
  });

  test("fails with port 80 closed or redirecting, which would leave nothing", () => {
    for (const plainHttp of [PlainHttp.OFF, PlainHttp.REDIRECT]) {
      expect(() => frontend({ tls: Tls.none(), plainHttp })).toThrow(
        `[test/Frontend] plainHttp: got "${plainHttp}", allowed is "serve" with Tls.none(); leave plainHttp out, or give the API certificates`,
      );
    }
  });
});

test("serves IPv4 only where asked to", () => {
  const document = frontend({ ipv6: false });
  expect(only(document, ADDRESS).values.ip_version).toBe("IPV4");
  expect(listeners(document)).toEqual([`IPV4 443 ${HTTPS_PROXY}`, `IPV4 80 ${HTTP_PROXY}`]);
  expect(output(document, "records")).not.toContainEqual(expect.objectContaining({ type: "AAAA" }));
});

describe("existing parts", () => {
  test("addresses are used, and none is created", () => {
    const document = frontend({
      ipv4Address: AnycastAddress.fromAddress("203.0.113.7", IpVersion.IPV4),
      ipv6Address: AnycastAddress.fromAddress("2001:db8::7", IpVersion.IPV6),
    });
    expect(document.ofType(ADDRESS)).toEqual([]);
    expect(document.ofType(RULE).map(({ values }) => [values.ip_address, values.ip_version])).toEqual([
      ["203.0.113.7", undefined],
      ["2001:db8::7", "IPV6"],
      ["203.0.113.7", undefined],
      ["2001:db8::7", "IPV6"],
    ]);
    expect(output(document, "records")).toContainEqual({ name: "api.example.com.", type: "A", data: "203.0.113.7" });
  });

  test("a certificate map is used, and nothing of Certificate Manager is created", () => {
    const document = frontend({ tls: Tls.certificateMap(MAP_ID, ["api.example.com"]) });
    const proxy = only(document, HTTPS_PROXY);
    expect(proxy.values.certificate_map).toBe(`//certificatemanager.googleapis.com/${MAP_ID}`);
    expect(document.resources.filter(({ type }) => type.startsWith("google_certificate_manager_"))).toEqual([]);
    expect(dependsOn(proxy)).toEqual([]);
    expect(output(document, "records")).toHaveLength(2);
  });
});

describe("DNS", () => {
  test("every domain has an A and an AAAA record, and those that prove control follow", () => {
    const document = frontend({ tls: Tls.managed(["München.example", "*.example.com"]) });
    const [v4, v6] = document.ofType(ADDRESS).map(({ address }) => `\${${address}.address}`);
    expect(output(document, "records")).toEqual([
      { name: "xn--mnchen-3ya.example.", type: "A", data: v4 },
      { name: "xn--mnchen-3ya.example.", type: "AAAA", data: v6 },
      { name: "*.example.com.", type: "A", data: v4 },
      { name: "*.example.com.", type: "AAAA", data: v6 },
      ...document.ofType("google_certificate_manager_dns_authorization").map(({ address }) => ({
        name: `\${${address}.dns_resource_record[0].name}`,
        type: `\${${address}.dns_resource_record[0].type}`,
        data: `\${${address}.dns_resource_record[0].data}`,
      })),
    ]);
  });

  test("needs no records without domains", () => {
    expect(output(frontend({ tls: Tls.none() }), "records")).toEqual([]);
  });

  test("the URL is that of the first domain that is no wildcard, else of the IPv4 address", () => {
    const url = (tls: Tls) => {
      const document = frontend({ tls });
      return String(output(document, "url")).replace(only(document, ADDRESS, "IPV4/Resource").address, "ipv4");
    };
    expect(url(Tls.managed(["*.example.com", "api.Example.com", "b.example.com"]))).toBe("https://api.example.com");
    expect(url(Tls.managed(["*.example.com"]))).toBe(`https://\${ipv4.address}`);
    expect(url(Tls.none())).toBe(`http://\${ipv4.address}`);
  });
});

test("protects its addresses as the removal policy says", () => {
  const protection = (removalPolicy?: RemovalPolicy) =>
    frontend({ removalPolicy })
      .ofType(ADDRESS)
      .map(({ values }) => values.lifecycle);
  expect(protection()).toEqual([{ prevent_destroy: true }, { prevent_destroy: true }]);
  expect(protection(RemovalPolicy.DESTROY)).toEqual([{ prevent_destroy: false }, { prevent_destroy: false }]);
});

test("waits for the Compute Engine API with all that nothing else makes wait", () => {
  const document = frontend();
  for (const resource of [only(document, SSL_POLICY), only(document, URL_MAP), ...document.ofType(ADDRESS)]) {
    expect(dependsOn(resource)).toEqual([expect.stringMatching(/^google_project_service\.ProjectServices_compute_/)]);
  }
});

test("as a whole", () => {
  expect(
    frontend()
      .resources.filter(({ type }) => type.startsWith("google_compute_"))
      .map((resource) => ({ path: resource.path, ...attributes(resource) })),
  ).toMatchSnapshot();
});

test("fails for an IPv6 address with ipv6: false", () => {
  const ipv6Address = AnycastAddress.fromAddress("2001:db8::7", IpVersion.IPV6);
  expect(() => frontend({ ipv6: false, ipv6Address })).toThrow(
    '[test/Frontend] ipv6Address: got "an address", allowed is none with ipv6: false; leave out one of the two',
  );
});

test.each([
  ["ipv4Address", "IPV6", "IPV4", AnycastAddress.fromAddress("2001:db8::7", IpVersion.IPV6)],
  ["ipv6Address", "IPV4", "IPV6", AnycastAddress.fromAddress("203.0.113.7", IpVersion.IPV4)],
])("fails for an address of the wrong version as %s", (prop, got, allowed, address) => {
  expect(() => frontend({ [prop]: address })).toThrow(
    `[test/Frontend] address: got "${got}", allowed is ${allowed}; pass it in the prop of its own version`,
  );
});

test("fails for TLS settings that do not go together", () => {
  const tls = Tls.managed(["a.example.com"], { minVersion: TlsVersion.TLS_1_0, profile: TlsProfile.RESTRICTED });
  expect(() => frontend({ tls })).toThrow("[test/Frontend] minVersion: got");
});
