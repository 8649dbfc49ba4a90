import { TerraformOutput } from "cdktf";
import {
  AnycastFrontend,
  type AnycastFrontendProps,
  DnsAuthorizationType,
  DnsZone,
  ManagedCertificates,
  Tls,
} from "../../lib";
import { blockOf } from "../../lib/topology/document";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition, obstacles, transition } from "../transition-support";

const CERTIFICATE = "google_certificate_manager_certificate";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const AUTHORIZATION = "google_certificate_manager_dns_authorization";
const MAP = "google_certificate_manager_certificate_map";

function certificates(...domains: string[]) {
  const stack = testStack();
  new ManagedCertificates(stack, "Certificates", { domains });
  return synth(stack);
}

test("each domain has a certificate of its own, by DNS authorization, under its own map entry", () => {
  const document = certificates("api.example.com", "*.example.org");
  expect(document.ofType(CERTIFICATE)).toHaveLength(2);
  for (const domain of ["api.example.com", "*.example.org"]) {
    const certificate = only(document, CERTIFICATE, `${domain}/Certificate`);
    const managed = certificate.values.managed as { domains: string[]; dns_authorizations: string[] };
    expect(managed.domains).toEqual([domain]);
    expect(managed.dns_authorizations.map((id) => document.target(id)?.values.domain)).toEqual([
      domain.replace("*.", ""),
    ]);
    const entry = only(document, ENTRY, `${domain}/MapEntry`);
    expect(entry.values.hostname).toBe(domain);
    expect((entry.values.certificates as string[]).map((id) => document.target(id))).toEqual([certificate]);
    expect(document.target(entry.values.map)).toBe(only(document, MAP));
  }
});

test("a domain and its wildcard share one DNS authorization, whichever comes first", () => {
  const document = certificates("*.example.com", "example.com", "api.example.com");
  expect(document.ofType(CERTIFICATE)).toHaveLength(3);
  const authorizations = document.ofType(AUTHORIZATION);
  expect(authorizations.map(({ values }) => values.domain)).toEqual(["example.com", "api.example.com"]);
  const turned = certificates("example.com", "*.example.com");
  expect(turned.ofType(AUTHORIZATION).map(attributes)).toEqual([attributes(authorizations[0]!)]);
});

test("what may be replaced is created before its predecessor is destroyed; the map never is", () => {
  const document = certificates("api.example.com");
  for (const type of [CERTIFICATE, ENTRY, AUTHORIZATION]) {
    expect(only(document, type).values.lifecycle).toEqual({ create_before_destroy: true });
  }
  expect(only(document, MAP).values).not.toHaveProperty("lifecycle");
});

test("a further domain changes nothing that exists, wherever it stands in the list", () => {
  const before = certificates("b.example.com");
  for (const domains of [
    ["b.example.com", "z.example.com"],
    ["a.example.com", "b.example.com"],
    ["*.b.example.com", "b.example.com"],
  ]) {
    const after = certificates(...domains);
    for (const resource of before.resources) expect(after.at(resource.address)?.values).toEqual(resource.values);
  }
});

test("another domain has another name: names of certificates, entries and authorizations differ by domain", () => {
  const document = certificates("a.example.com", "b.example.com", "*.b.example.com");
  for (const type of [CERTIFICATE, ENTRY, AUTHORIZATION]) {
    const names = document.ofType(type).map(({ values }) => values.name as string);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
  }
});

test("gives the records that prove control of the domains, one per authorization", () => {
  const stack = testStack();
  const { authorizationRecords } = new ManagedCertificates(stack, "Certificates", {
    domains: ["example.com", "*.example.com", "example.org"],
  });
  new TerraformOutput(stack, "Records", { value: authorizationRecords });
  const document = synth(stack);
  const record = (authorization: string) => ({
    name: `\${${authorization}.dns_resource_record[0].name}`,
    type: `\${${authorization}.dns_resource_record[0].type}`,
    data: `\${${authorization}.dns_resource_record[0].data}`,
  });
  expect(document.outputs.Records).toEqual({
    value: document.ofType(AUTHORIZATION).map(({ address }) => record(address)),
  });
  expect(authorizationRecords).toHaveLength(2);
});

test("waits for the Certificate Manager API", () => {
  const document = certificates("api.example.com");
  for (const type of [MAP, AUTHORIZATION]) {
    expect(dependsOn(only(document, type))).toEqual([
      expect.stringMatching(/^google_project_service\.ProjectServices_certificatemanager_/),
    ]);
  }
});

test("writes domains in lower case and ASCII", () => {
  const document = certificates("*.München.example");
  expect(only(document, ENTRY).values.hostname).toBe("*.xn--mnchen-3ya.example");
  expect(only(document, AUTHORIZATION).values.domain).toBe("xn--mnchen-3ya.example");
});

test("as a whole", () => {
  expect(certificates("example.com", "*.example.com").json.resource).toMatchSnapshot();
});

test("fails for a domain twice, after normalisation", () => {
  expect(() => certificates("münchen.example", "MÜNCHEN.example")).toThrow(
    '[test/Certificates] domains: got "xn--mnchen-3ya.example", allowed is each value once; name each domain once',
  );
});

test.each(["*", "localhost", "203.0.113.7"])("fails for %s, for which no certificate is issued", (domain) => {
  expect(() => certificates(domain)).toThrow(
    `[test/Certificates] domains: got "${domain}", allowed is at least one full domain name: api.example.com or *.example.com; name the domain`,
  );
});

test("fails for a malformed domain", () => {
  expect(() => certificates("api.example.com/v1")).toThrow(
    '[test/Certificates] domain: got "api.example.com/v1", allowed is a host name of at most 253 characters',
  );
});

describe("a domain that several projects authorize", () => {
  const DOMAIN = "api.example.com";
  const PER_PROJECT = Tls.managed([DOMAIN], { dnsAuthorization: DnsAuthorizationType.PER_PROJECT_RECORD });

  function frontend(
    tls: (beside: ManagedCertificates | undefined) => Tls,
    options: Partial<AnycastFrontendProps> = {},
    beside?: DnsAuthorizationType,
  ) {
    const stack = testStack();
    const certificates =
      beside && new ManagedCertificates(stack, "Beside", { domains: [DOMAIN], dnsAuthorization: beside });
    const dnsZone = new DnsZone(stack, "Zone", { dnsName: "example.com" });
    const urlMap = { urlMapId: "projects/p/global/urlMaps/main" };
    new AnycastFrontend(stack, "Frontend", { urlMap, dnsZone, tls: tls(certificates), ...options });
    return synth(stack);
  }

  test("has an authorization with a record of each project's own, which the zone holds", () => {
    const document = frontend(() => PER_PROJECT);
    const authorization = only(document, AUTHORIZATION);
    expect(authorization.values.type).toBe("PER_PROJECT_RECORD");
    const record = document.ofType("google_dns_record_set").find(({ path }) => path?.endsWith("CNAME"))!;
    expect(record.values).toMatchObject({
      name: `\${${authorization.address}.dns_resource_record[0].name}`,
      rrdatas: [`\${${authorization.address}.dns_resource_record[0].data}`],
    });
    expect(blockOf(only(document, CERTIFICATE).values.managed)?.dns_authorizations).toEqual([
      `\${${authorization.address}.id}`,
    ]);
  });

  test("FIXED_RECORD is the default, in names and type", () => {
    const fixed = Tls.managed([DOMAIN], { dnsAuthorization: DnsAuthorizationType.FIXED_RECORD });
    expectTransition(
      frontend(() => Tls.managed([DOMAIN])),
      frontend(() => fixed),
      {},
    );
  });

  test("changing the kind replaces authorization and certificate under new names, and is announced as a gap", () => {
    const [before, after] = [frontend(() => Tls.managed([DOMAIN])), frontend(() => PER_PROJECT)];
    expect(transition(before, after)).toMatchObject({
      removed: [],
      replaced: [
        `Frontend/Certificates/DnsAuthorization ${DOMAIN}`,
        `Frontend/Certificates/${DOMAIN}/Certificate`,
        `Frontend/Dns/${DOMAIN} CNAME`,
      ],
    });
    expect(obstacles(before, after)).toEqual([`certificate-gap: Frontend/Certificates/${DOMAIN}/Certificate`]);
    for (const type of [AUTHORIZATION, CERTIFICATE])
      expect(only(after, type).values.name).not.toBe(only(before, type).values.name);
  });

  test("without a gap: beside the old one, until it is active, then in its place", () => {
    const { FIXED_RECORD: _fixed, PER_PROJECT_RECORD } = DnsAuthorizationType;
    const before = frontend(() => Tls.managed([DOMAIN]));
    const both = frontend(() => Tls.managed([DOMAIN]), {}, PER_PROJECT_RECORD);
    const after = frontend((made) => Tls.certificateMap(made!.map.id, [DOMAIN]), {}, PER_PROJECT_RECORD);
    const parts = (owner: string) => [
      `${owner}/DnsAuthorization ${DOMAIN}`,
      `${owner}/Map`,
      `${owner}/${DOMAIN}/Certificate`,
      `${owner}/${DOMAIN}/MapEntry`,
    ];
    expectTransition(before, both, { added: parts("Beside") });
    expectTransition(both, after, {
      removed: [...parts("Frontend/Certificates"), `Frontend/Dns/${DOMAIN} CNAME`],
      changed: ["Frontend/HttpsProxy"],
    });
  });
});
