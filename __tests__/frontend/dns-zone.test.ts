import { TerraformOutput, TerraformVariable } from "cdktf";
import fc from "fast-check";
import {
  AnycastFrontend,
  type AnycastFrontendProps,
  ContainerImage,
  DnsZone,
  type DnsZoneProps,
  GlobalAiApi,
  type GlobalAiApiProps,
  PlainHttp,
  RemovalPolicy,
  Tls,
} from "../../lib";
import { isInZone } from "../../lib/frontend/dns-zone";
import type { TerraformDocument } from "../../lib/topology/document";
import { findingsOf, type Json } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { createdFirst, obstacles, transition } from "../transition-support";

const ZONE = "google_dns_managed_zone";
const RECORD = "google_dns_record_set";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const AUTHORIZATION = "google_certificate_manager_dns_authorization";
const RULE = "google_compute_global_forwarding_rule";

function zone(props: Partial<DnsZoneProps> = {}): TerraformDocument {
  const stack = testStack();
  new DnsZone(stack, "Zone", { dnsName: "example.com", ...props });
  return synth(stack);
}

interface Setup extends Partial<AnycastFrontendProps> {
  readonly domains?: string[];
  /** Without it: the zone example.com, which exists already. */
  readonly without?: boolean;
  readonly zoneName?: string;
  readonly dnsName?: string;
  readonly projectId?: string;
}

function frontend({ domains = ["api.example.com"], without, zoneName, dnsName, projectId, ...options }: Setup = {}) {
  const stack = testStack();
  const dnsZone = without
    ? undefined
    : DnsZone.fromName(stack, "Zone", zoneName ?? "example-com", dnsName ?? "example.com", { projectId });
  const made = new AnycastFrontend(stack, "Frontend", {
    urlMap: { urlMapId: "projects/p/global/urlMaps/main" },
    tls: Tls.managed(domains),
    removalPolicy: RemovalPolicy.DESTROY,
    dnsZone,
    ...options,
  });
  new TerraformOutput(stack, "Left", { value: made.recordsToSet });
  new TerraformOutput(stack, "All", { value: made.dnsRecords });
  return synth(stack);
}

/** Construct id of each record: domain and type. */
const records = (document: TerraformDocument) =>
  document.ofType(RECORD).map(({ path }) => path!.replace("test/Frontend/Dns/", ""));
const left = (document: TerraformDocument) =>
  ((document.outputs.Left as { value?: { name: string; type: string }[] }).value ?? []).map(
    ({ name, type }) => `${name} ${type}`,
  );

describe("a zone", () => {
  test("is public and signed, under a fixed name, protected", () => {
    const resource = only(zone(), ZONE);
    expect(attributes(resource)).toEqual({
      name: expect.stringMatching(/^test-zone-[a-z0-9]{6}$/),
      dns_name: "example.com.",
      visibility: "public",
      dnssec_config: { state: "on" },
      force_destroy: false,
    });
    expect(resource.values.lifecycle).toEqual({ prevent_destroy: true });
    expect(dependsOn(resource)).toEqual([expect.stringMatching(/^google_project_service\.ProjectServices_dns_/)]);
  });

  test("goes with all its records where it may be destroyed", () => {
    const { values } = only(zone({ removalPolicy: RemovalPolicy.DESTROY }), ZONE);
    expect(values).toMatchObject({ force_destroy: true, lifecycle: { prevent_destroy: false } });
  });

  test("keeps its name whatever changes, and takes yours", () => {
    const name = (props: Partial<DnsZoneProps>) => only(zone(props), ZONE).values.name;
    const changed = { dnsName: "example.org", dnssec: false, removalPolicy: RemovalPolicy.DESTROY };
    expect(name(changed)).toBe(name({}));
    expect(name({ zoneName: "main" })).toBe("main");
  });

  test("turns signing off in place", () => {
    expect(only(zone({ dnssec: false }), ZONE).values.dnssec_config).toEqual({ state: "off" });
    expect(transition(zone(), zone({ dnssec: false })).changed).toEqual(["Zone"]);
  });

  test("has a domain in lower case and ASCII, with the final dot, and gives its name servers", () => {
    const stack = testStack();
    const made = new DnsZone(stack, "Zone", { dnsName: "München.example." });
    new TerraformOutput(stack, "Servers", { value: made.nameServers });
    expect(made.dnsName).toBe("xn--mnchen-3ya.example.");
    const document = synth(stack);
    expect(document.outputs.Servers).toEqual({ value: `\${${only(document, ZONE).address}.name_servers}` });
  });

  test("that exists already creates nothing", () => {
    const stack = testStack();
    const given = DnsZone.fromName(stack, "Zone", "main", "Example.com.", { projectId: "dns-project" });
    expect(given).toMatchObject({ zoneName: "main", dnsName: "example.com.", projectId: "dns-project" });
    expect(synth(stack).resources).toEqual([]);
  });

  test("can be known by a token", () => {
    const stack = testStack();
    const name = new TerraformVariable(stack, "zone", { type: "string" }).stringValue;
    expect(DnsZone.fromName(stack, "Zone", name, "example.com").zoneName).toBe(name);
  });

  test.each(["com", "*.example.com", "*", "example.com..", "https://example.com", ""])(
    "fails for the domain %p",
    (dnsName) => {
      expect(() => zone({ dnsName })).toThrow("[test/Zone] dnsName: got");
      expect(() => DnsZone.fromName(testStack(), "Zone", "z", dnsName)).toThrow("[test/Zone] dnsName: got");
    },
  );

  test("fails for a domain known only at apply", () => {
    const stack = testStack();
    const { stringValue } = new TerraformVariable(stack, "domain", { type: "string" });
    expect(() => DnsZone.fromName(stack, "Zone", "z", stringValue)).toThrow(
      /^\[test\/Zone] dnsName: got .* allowed is a literal known at synth/,
    );
  });

  test.each(["example.com", "projects/p/managedZones/z", "Main", ""])("fails for the zone name %p", (zoneName) => {
    const allowed = "allowed is 1 to 63 lower-case letters, digits and hyphens";
    expect(() => zone({ zoneName })).toThrow(`[test/Zone] zoneName: got "${zoneName}", ${allowed}`);
    expect(() => DnsZone.fromName(testStack(), "Zone", zoneName, "example.com")).toThrow(
      `[test/Zone] zoneName: got "${zoneName}", ${allowed}, starting with a letter, not ending in a hyphen; pass the zone's name in Cloud DNS, not its domain`,
    );
  });

  test("fails for a project that is no ID", () => {
    expect(() => DnsZone.fromName(testStack(), "Zone", "z", "example.com", { projectId: "DNS project" })).toThrow(
      '[test/Zone] projectId: got "DNS project", allowed is a project ID',
    );
  });
});

describe("what lies in a zone", () => {
  const within = (dnsName: string, domain: string) =>
    isInZone(DnsZone.fromName(testStack(), "Zone", "z", dnsName), domain);

  test.each(["example.com", "*.example.com", "api.example.com", "*.a.b.example.com"])("%s in example.com", (domain) => {
    expect(within("example.com", domain)).toBe(true);
  });

  test.each(["example.org", "notexample.com", "com", "example.com.org", "*.com"])("%s not in example.com", (domain) => {
    expect(within("example.com", domain)).toBe(false);
  });

  test("is decided by whole labels", () => {
    const label = fc.stringMatching(/^[a-z]{1,4}$/);
    const labels = fc.array(label, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(labels, labels, (domain, dnsName) => {
        const expected = domain.length >= dnsName.length && domain.slice(-dnsName.length).join() === dnsName.join();
        expect(within(dnsName.join("."), domain.join("."))).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });
});

describe("records", () => {
  test("of a domain in the zone are created: addresses and authorization", () => {
    const document = frontend();
    const [v4, v6] = document.ofType("google_compute_global_address").map(({ address }) => `\${${address}.address}`);
    const authorization = `\${${only(document, AUTHORIZATION).address}.dns_resource_record[0]`;
    const common = { managed_zone: "example-com", ttl: 300 };
    expect(Object.fromEntries(document.ofType(RECORD).map((each) => [each.path, attributes(each)]))).toEqual({
      "test/Frontend/Dns/api.example.com A": { ...common, name: "api.example.com.", type: "A", rrdatas: [v4] },
      "test/Frontend/Dns/api.example.com AAAA": { ...common, name: "api.example.com.", type: "AAAA", rrdatas: [v6] },
      "test/Frontend/Dns/api.example.com CNAME": {
        ...common,
        name: `${authorization}.name}`,
        type: "CNAME",
        rrdatas: [`${authorization}.data}`],
      },
    });
    expect(left(document)).toEqual([]);
  });

  test("of a zone made here refer to it, those of a zone elsewhere to its project", () => {
    const stack = testStack();
    const dnsZone = new DnsZone(stack, "Zone", { dnsName: "example.com" });
    const urlMap = { urlMapId: "projects/p/global/urlMaps/main" };
    new AnycastFrontend(stack, "Frontend", { urlMap, tls: Tls.managed(["example.com"]), dnsZone });
    const document = synth(stack);
    for (const { values } of document.ofType(RECORD)) {
      expect(document.target(values.managed_zone)).toBe(only(document, ZONE));
      expect(values).not.toHaveProperty("project");
    }
    for (const { values } of frontend({ projectId: "dns-project" }).ofType(RECORD)) {
      expect(values.project).toBe("dns-project");
    }
  });

  test("of other domains stay in the output, and are no error", () => {
    const document = frontend({ domains: ["api.example.com", "api.example.org", "*.example.com"] });
    expect(records(document)).toEqual([
      "api.example.com A",
      "api.example.com AAAA",
      "*.example.com A",
      "*.example.com AAAA",
      "api.example.com CNAME",
      "example.com CNAME",
    ]);
    expect(left(document).slice(0, 2)).toEqual(["api.example.org. A", "api.example.org. AAAA"]);
    expect(left(document)).toHaveLength(3);
    expect((document.outputs.All as { value: unknown[] }).value).toHaveLength(9);
  });

  test("are all left to you without a zone, and none are where the zone is another one", () => {
    const without = frontend({ without: true });
    expect(records(without)).toEqual([]);
    expect(without.outputs.Left).toEqual(without.outputs.All);
    expect(records(frontend({ dnsName: "example.org" }))).toEqual([]);
    expect(left(frontend({ dnsName: "example.org" }))).toHaveLength(3);
  });

  test("of a domain and its wildcard share one authorization", () => {
    expect(records(frontend({ domains: ["example.com", "*.example.com"] })).filter((id) => /CNAME/.test(id))).toEqual([
      "example.com CNAME",
    ]);
  });

  test("have no authorization with a map that exists already, and no AAAA without IPv6", () => {
    const tls = Tls.certificateMap("projects/p/locations/global/certificateMaps/m", ["api.example.com"]);
    expect(records(frontend({ tls, ipv6: false }))).toEqual(["api.example.com A"]);
  });

  test("are none without a domain", () => {
    expect(records(frontend({ tls: Tls.none() }))).toEqual([]);
  });

  test("have the lifetime asked for", () => {
    expect(frontend({ dnsTtlSeconds: 60 }).ofType(RECORD)[0]!.values.ttl).toBe(60);
  });

  test.each([-1, 1.5])("fail for a lifetime of %d seconds", (dnsTtlSeconds) => {
    expect(() => frontend({ dnsTtlSeconds })).toThrow(`dnsTtlSeconds: got ${dnsTtlSeconds}, allowed is a whole number`);
  });

  test("of addresses can wait until a domain has its certificate, in the output meanwhile", () => {
    const document = frontend({ dnsAddressRecords: false });
    expect(records(document)).toEqual(["api.example.com CNAME"]);
    expect(left(document)).toEqual(["api.example.com. A", "api.example.com. AAAA"]);
  });

  test("make no finding in the rulebook", () => {
    const stack = testStack();
    new GlobalAiApi(stack, "chat", {
      image: ContainerImage.fromReference(`docker.io/acme/chat@sha256:${"0123456789abcdef".repeat(4)}`),
      regions: ["europe-west1", "us-central1"],
      tls: Tls.managed(["example.com", "*.example.com", "api.example.org"]),
      dnsZone: new DnsZone(stack, "Zone", { dnsName: "example.com" }),
    });
    expect(findingsOf(synth(stack).json as Json)).toEqual([]);
  });
});

describe("order", () => {
  test("a name leads to the load balancer only while its listeners and its map entry are there", () => {
    const document = frontend({ domains: ["api.example.com", "b.example.com"] });
    for (const [type, version] of [
      ["A", "IPV4"],
      ["AAAA", "IPV6"],
    ]) {
      const listener = only(document, RULE, `HttpsForwardingRule${version}`);
      const entry = only(document, ENTRY, "b.example.com/MapEntry");
      expect(dependsOn(only(document, RECORD, `b.example.com ${type}`)).slice(1)).toEqual([
        listener.address,
        entry.address,
      ]);
    }
  });

  test("the authorization record waits for its authorization alone, and no certificate waits for a record", () => {
    const document = frontend();
    expect(dependsOn(only(document, RECORD, "CNAME"))).toEqual([
      expect.stringMatching(/^google_project_service\.ProjectServices_dns_/),
    ]);
    const users = document.resources.filter((each) =>
      document.references(each.values).some(({ address }) => address.startsWith(RECORD)),
    );
    expect(users).toEqual([]);
  });

  test("neither zone nor records are ever created before a predecessor is destroyed", () => {
    const stack = testStack();
    const dnsZone = new DnsZone(stack, "Zone", { dnsName: "example.com" });
    const urlMap = { urlMapId: "projects/p/global/urlMaps/main" };
    new AnycastFrontend(stack, "Frontend", { urlMap, tls: Tls.managed(["example.com"]), dnsZone });
    const document = synth(stack);
    const first = createdFirst(document);
    for (const { address } of [...document.ofType(RECORD), ...document.ofType(ZONE), ...document.ofType(RULE)]) {
      expect(first.has(address)).toBe(false);
    }
  });
});

describe("changes", () => {
  const ofDomain = (domain: string) => [
    `Frontend/Certificates/DnsAuthorization ${domain}`,
    `Frontend/Certificates/${domain}/Certificate`,
    `Frontend/Certificates/${domain}/MapEntry`,
    `Frontend/Dns/${domain} A`,
    `Frontend/Dns/${domain} AAAA`,
    `Frontend/Dns/${domain} CNAME`,
  ];
  const [one, two] = [frontend(), frontend({ domains: ["b.example.com", "api.example.com"] })];
  const unchanged = { added: [], removed: [], changed: [], replaced: [] };

  test("a further domain adds its own and leaves the others alone", () => {
    expect(transition(one, two)).toEqual({ ...unchanged, added: ofDomain("b.example.com") });
    expect(obstacles(one, two)).toEqual([]);
  });

  test("a removed domain takes its records away before what they lead to", () => {
    expect(transition(two, one)).toEqual({ ...unchanged, removed: ofDomain("b.example.com") });
    expect(obstacles(two, one)).toEqual([]);
    // Terraform destroys what depends before what it depends on.
    const upstream = (type: string) => {
      const record = only(two, RECORD, `b.example.com ${type}`);
      return two.references(record.values).map(({ address }) => two.at(address)?.path);
    };
    for (const type of ["A", "AAAA"]) {
      expect(upstream(type)).toContain("test/Frontend/Certificates/b.example.com/MapEntry");
    }
    expect(upstream("CNAME")).toContain("test/Frontend/Certificates/DnsAuthorization b.example.com/Resource");
  });

  test("a removed wildcard keeps the authorization record of the domain below it", () => {
    const [both, name] = [
      frontend({ domains: ["example.com", "*.example.com"] }),
      frontend({ domains: ["example.com"] }),
    ];
    expect(transition(both, name).removed).toEqual([
      "Frontend/Certificates/*.example.com/Certificate",
      "Frontend/Certificates/*.example.com/MapEntry",
      "Frontend/Dns/*.example.com A",
      "Frontend/Dns/*.example.com AAAA",
    ]);
  });

  test("records come and go with the zone, and with dnsAddressRecords", () => {
    const [dnsApi, ...all] = ["ProjectServices/dns", ...ofDomain("api.example.com").slice(3)].sort().reverse();
    const added = [...all, dnsApi!].sort();
    const without = frontend({ without: true });
    expect(transition(without, one)).toEqual({ ...unchanged, added });
    expect(transition(one, without)).toEqual({ ...unchanged, removed: added });
    const waiting = frontend({ dnsAddressRecords: false });
    expect(transition(waiting, one)).toEqual({ ...unchanged, added: ofDomain("api.example.com").slice(3, 5) });
    expect([...obstacles(without, one), ...obstacles(one, without), ...obstacles(waiting, one)]).toEqual([]);
  });

  test("another lifetime changes records in place, another zone replaces them", () => {
    expect(transition(one, frontend({ dnsTtlSeconds: 60 }))).toEqual({
      ...unchanged,
      changed: ofDomain("api.example.com").slice(3),
    });
    expect(transition(one, frontend({ zoneName: "other" })).replaced).toEqual(ofDomain("api.example.com").slice(3));
  });

  test("IPv6 and port 80 can be closed with records in the zone", () => {
    const closed = frontend({ ipv6: false, plainHttp: PlainHttp.OFF });
    expect(transition(one, closed).removed).toContain("Frontend/Dns/api.example.com AAAA");
    expect(obstacles(one, closed)).toEqual([]);
  });
});

describe("the API", () => {
  function api(options: (stack: ReturnType<typeof testStack>) => Partial<GlobalAiApiProps>) {
    const stack = testStack();
    new GlobalAiApi(stack, "chat", {
      image: ContainerImage.fromReference("docker.io/acme/chat:1"),
      regions: ["europe-west1"],
      tls: Tls.managed(["api.example.com", "api.example.org"]),
      ...options(stack),
    });
    return synth(stack);
  }
  const names = (document: TerraformDocument) =>
    (document.outputs.dns_records as { value: { name: string }[] }).value.map(({ name }) => name);

  test("prints the records that are left to you, and the name servers of a new zone", () => {
    const document = api((stack) => ({ dnsZone: new DnsZone(stack, "Zone", { dnsName: "example.com" }) }));
    expect(document.ofType(RECORD)).toHaveLength(3);
    expect(names(document).slice(0, 2)).toEqual(["api.example.org.", "api.example.org."]);
    expect(names(document)).toHaveLength(3);
    expect(document.outputs.dns_name_servers).toMatchObject({
      value: `\${${only(document, ZONE).address}.name_servers}`,
    });
  });

  test("prints all records without a zone, and no name servers of one that exists already", () => {
    expect(names(api(() => ({})))).toHaveLength(6);
    const given = api((stack) => ({ dnsZone: DnsZone.fromName(stack, "Zone", "z", "example.org") }));
    expect(given.outputs).not.toHaveProperty("dns_name_servers");
    expect(names(given)).toHaveLength(3);
  });

  test("passes lifetime and dnsAddressRecords on", () => {
    const document = api((stack) => ({
      dnsZone: DnsZone.fromName(stack, "Zone", "z", "example.com"),
      dnsTtlSeconds: 60,
      dnsAddressRecords: false,
    }));
    expect(document.ofType(RECORD).map(({ values }) => [values.type, values.ttl])).toEqual([["CNAME", 60]]);
  });
});
