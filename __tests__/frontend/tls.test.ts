import { Tls, type TlsOptions, TlsProfile, TlsVersion } from "../../lib";
import { testStack } from "../support";

const domainsOf = (tls: Tls) => tls._domains(testStack());
const managed = (options: TlsOptions) => () => domainsOf(Tls.managed(["api.example.com"], options));
const MAP = "projects/my-project/locations/global/certificateMaps/main";

test("knows plain HTTP from HTTPS, and a given map from a managed one", () => {
  expect(Tls.none()).toMatchObject({ isNone: true, certificateMapId: undefined });
  expect(Tls.managed(["api.example.com"])).toMatchObject({ isNone: false, certificateMapId: undefined });
  expect(Tls.certificateMap(MAP, ["api.example.com"])).toMatchObject({ isNone: false, certificateMapId: MAP });
});

test("has the domains in lower case and ASCII; none without TLS", () => {
  expect(domainsOf(Tls.managed(["München.example", "*.API.example.com"]))).toEqual([
    "xn--mnchen-3ya.example",
    "*.api.example.com",
  ]);
  expect(domainsOf(Tls.certificateMap(MAP, ["API.example.com"]))).toEqual(["api.example.com"]);
  expect(domainsOf(Tls.none())).toEqual([]);
});

test.each([5, 1200])("keeps idle connections for %d seconds", (keepAliveSeconds) => {
  expect(managed({ keepAliveSeconds })).not.toThrow();
});

test.each([4, 1201, 60.5])("fails for idle connections kept for %d seconds", (keepAliveSeconds) => {
  expect(managed({ keepAliveSeconds })).toThrow(
    `[test] keepAliveSeconds: got ${keepAliveSeconds}, allowed is a whole number from 5 to 1200; set 5 to 1200 seconds; the default is 610`,
  );
});

test.each([
  ["managed certificates", Tls.managed([])],
  ["a certificate map", Tls.certificateMap(MAP, [])],
])("fails for %s without a domain", (_, tls) => {
  expect(() => domainsOf(tls)).toThrow(
    "[test] domains: got [], allowed is at least one full domain name: api.example.com or *.example.com; " +
      "name the domain that clients use, or use Tls.none() for a trial without one",
  );
});

test("fails for the domain *", () => {
  expect(() => domainsOf(Tls.managed(["*"]))).toThrow(
    '[test] domains: got "*", allowed is at least one full domain name: api.example.com or *.example.com; ' +
      "name the domain that clients use, or use Tls.none() for a trial without one",
  );
});

test("fails for one domain in two spellings", () => {
  expect(() => domainsOf(Tls.managed(["münchen.example", "xn--mnchen-3ya.example"]))).toThrow(
    '[test] domains: got "xn--mnchen-3ya.example", allowed is each value once; name each domain once',
  );
});

test.each([
  `//certificatemanager.googleapis.com/${MAP}`,
  "main",
  "projects/my-project/locations/europe-west1/certificateMaps/main",
  `${MAP}/certificateMapEntries/entry`,
])("fails for the certificate map %s", (id) => {
  expect(() => domainsOf(Tls.certificateMap(id, ["api.example.com"]))).toThrow(
    `[test] certificateMapId: got "${id}", allowed is projects/P/locations/global/certificateMaps/NAME; ` +
      "leave out //certificatemanager.googleapis.com/",
  );
});

test("fails for the profile RESTRICTED with TLS 1.0", () => {
  const { RESTRICTED, MODERN } = TlsProfile;
  const { TLS_1_0, TLS_1_2 } = TlsVersion;
  expect(managed({ profile: RESTRICTED })).not.toThrow();
  expect(managed({ profile: RESTRICTED, minVersion: TLS_1_2 })).not.toThrow();
  expect(managed({ profile: MODERN, minVersion: TLS_1_0 })).not.toThrow();
  expect(managed({ profile: RESTRICTED, minVersion: TLS_1_0 })).toThrow(
    '[test] minVersion: got "TLS_1_0", allowed is TLS_1_2 with profile RESTRICTED; leave minVersion out',
  );
});
