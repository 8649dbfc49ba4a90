import { describeGroup, findingsOf, type Json, type Mutation, resourceAt } from "./rule-support";
import { servingPath } from "./serving-path";

const PROXY = "google_compute_target_https_proxy.main";
const LISTED = "google_compute_target_https_proxy.listed";
const REGIONAL = "google_compute_region_target_https_proxy.eu";
const CERTIFICATE = "google_certificate_manager_certificate.api";
const OWN = "google_certificate_manager_certificate.own";
const AUTHORIZATION = "google_certificate_manager_dns_authorization.api";
const MAP = "google_certificate_manager_certificate_map.main";
const ENTRY = "google_certificate_manager_certificate_map_entry.api";
const ISSUANCE = "google_certificate_manager_certificate_issuance_config.private";
const TRUST = "google_certificate_manager_trust_config.clients";
const CLASSIC = "google_compute_managed_ssl_certificate.classic";
const UPLOADED = "google_compute_ssl_certificate.uploaded";
const POLICY = "google_compute_ssl_policy.main";

const PEM = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
const KEY = "${var.private_key}";
const lifecycle = { create_before_destroy: true };

function valid(): Json {
  const document = servingPath();
  const resources = document.resource as Json;
  Object.assign(resourceAt(document, "google_compute_url_map.main"), {
    host_rule: [{ hosts: ["api.example.com", "*.example.org:443"], path_matcher: "api" }],
    path_matcher: [{ name: "api", default_service: "${google_compute_backend_service.api.id}" }],
  });
  Object.assign(resources.google_certificate_manager_dns_authorization as Json, {
    org: { name: "example-org-1a2b3c", domain: "example.org", type: "FIXED_RECORD", lifecycle },
    eu: { name: "eu-example-com-1a2b3c", domain: "eu.example.com", location: "europe-west1", lifecycle },
  });
  Object.assign(resources.google_certificate_manager_certificate as Json, {
    org: {
      name: "example-org-1a2b3c",
      scope: "DEFAULT",
      managed: {
        domains: ["*.example.org"],
        dns_authorizations: ["${google_certificate_manager_dns_authorization.org.id}"],
      },
      lifecycle,
    },
    eu: {
      name: "eu-example-com-1a2b3c",
      location: "europe-west1",
      managed: {
        domains: ["eu.example.com"],
        dns_authorizations: ["${google_certificate_manager_dns_authorization.eu.id}"],
      },
      lifecycle,
    },
    own: { name: "own-1a2b3c", self_managed: { pem_certificate: PEM, pem_private_key: KEY }, lifecycle },
  });
  Object.assign(resources.google_certificate_manager_certificate_map_entry as Json, {
    org: {
      name: "example-org-1a2b3c",
      map: "${google_certificate_manager_certificate_map.main.name}",
      hostname: "*.example.org",
      certificates: ["${google_certificate_manager_certificate.org.id}"],
      lifecycle,
    },
  });
  (resourceAt(document, PROXY).depends_on as string[]).push("google_certificate_manager_certificate_map_entry.org");
  Object.assign(resources, {
    google_certificate_manager_certificate_issuance_config: {
      private: {
        name: "private-1a2b3c",
        lifetime: "2592000s",
        rotation_window_percentage: 50,
        key_algorithm: "ECDSA_P256",
      },
    },
    google_certificate_manager_trust_config: { clients: { name: "clients", location: "global", trust_stores: [{}] } },
    google_compute_managed_ssl_certificate: {
      classic: { name: "classic-1a2b3c", managed: { domains: ["old.example.com."] }, lifecycle },
    },
    google_compute_ssl_certificate: {
      uploaded: { name: "uploaded-1a2b3c", certificate: PEM, private_key: KEY, lifecycle },
    },
    google_compute_region_ssl_certificate: {
      uploaded: { name: "uploaded-1a2b3c", region: "europe-west1", certificate: PEM, private_key: KEY, lifecycle },
    },
    google_compute_region_ssl_policy: {
      eu: { name: "eu-1a2b3c", region: "europe-west1", profile: "RESTRICTED", min_tls_version: "TLS_1_3", lifecycle },
    },
    google_compute_region_target_https_proxy: {
      eu: {
        name: "eu-1a2b3c",
        region: "europe-west1",
        url_map: "projects/p/regions/europe-west1/urlMaps/eu",
        ssl_policy: "${google_compute_region_ssl_policy.eu.id}",
        certificate_manager_certificates: ["${google_certificate_manager_certificate.eu.id}"],
        lifecycle,
      },
    },
  });
  (resources.google_compute_target_https_proxy as Json).listed = {
    name: "listed-1a2b3c",
    url_map: "projects/p/global/urlMaps/other",
    ssl_certificates: [
      "${google_compute_ssl_certificate.uploaded.id}",
      "${google_compute_managed_ssl_certificate.classic.id}",
    ],
    ssl_policy: "${google_compute_ssl_policy.main.id}",
    lifecycle,
  };
  return document;
}

const of = (
  address: string,
  rule: string,
  path: string,
  value: unknown,
  more: Pick<Mutation, "at" | "also"> = {},
): Mutation => ({ rule, address, set: [path, value], ...more });
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `projects/p/locations/global/certificates/c${index}`);

describeGroup(
  "tls",
  valid,
  [
    of(LISTED, "proxy-ssl-certificates", "ssl_certificates", many(16)),
    of(PROXY, "tls-map-format", "certificate_map", "projects/p/locations/global/certificateMaps/m"),
    of(CERTIFICATE, "tls-scope", "scope", "EDGE"),
    of(CERTIFICATE, "tls-managed-domains-common-name", "managed.domains", [`${"a".repeat(53)}.example.com`], {
      also: ["tls-entry-covers", "tls-authorization-missing"],
    }),
    of(CLASSIC, "tls-managed-domains-common-name", "managed.domains", [`${"a".repeat(53)}.example.com`]),
    of(CERTIFICATE, "tls-managed-domains", "managed.domains", []),
    of(CERTIFICATE, "tls-managed-domains", "managed.domains", undefined),
    of(
      CERTIFICATE,
      "tls-managed-domains-count",
      "managed.domains",
      Array.from({ length: 101 }, (_, index) => `a${index}.example.com`),
      { also: ["tls-entry-covers", "tls-authorization-missing", "change-certificate-per-domain"] },
    ),
    of(CERTIFICATE, "tls-managed-domains-item", "managed.domains", ["api.example.com."]),
    of(CERTIFICATE, "tls-managed-domains-item", "managed.domains", ["https://api.example.com"]),
    of(CERTIFICATE, "tls-managed-domains-item", "managed.domains", ["api.*.example.com"]),
    of(AUTHORIZATION, "tls-domain-authorization", "domain", "*.example.com"),
    of(AUTHORIZATION, "tls-type-authorization", "type", "DNS"),
    of(ENTRY, "tls-hostname", "hostname", "api_.example.com/"),
    of(ENTRY, "tls-matcher", "matcher", "DEFAULT", { also: ["tls-entry-host-or-matcher"] }),
    of(ENTRY, "tls-certificates", "certificates", many(16), { also: ["tls-certificates-four"] }),
    of(ENTRY, "tls-certificates", "certificates", []),
    of(ENTRY, "tls-certificates-four", "certificates", many(5)),
    of(ISSUANCE, "tls-lifetime", "lifetime", "86400s"),
    of(ISSUANCE, "tls-rotation-window-percentage", "rotation_window_percentage", 100),
    of(ISSUANCE, "tls-key-algorithm", "key_algorithm", "RSA"),
    of(TRUST, "tls-trust-stores", "trust_stores", [{}, {}]),
    of(
      CLASSIC,
      "tls-managed-domains-classic",
      "managed.domains",
      Array.from({ length: 101 }, (_, index) => `a${index}.example.com`),
    ),
    of(CLASSIC, "tls-managed-domains-classic-item", "managed.domains", [`${"a".repeat(64)}.example.com`]),
    of(CLASSIC, "tls-type-classic", "type", "SELF_MANAGED"),
    of(UPLOADED, "tls-certificate", "certificate", "MIIB"),
    of(UPLOADED, "tls-certificate-chain", "certificate", PEM.repeat(6)),
    of(UPLOADED, "tls-private-key", "private_key", "secret"),
    of(OWN, "tls-self-managed-pem-certificate", "self_managed.pem_certificate", "MIIB"),
    of(OWN, "tls-self-managed-pem-private-key", "self_managed.pem_private_key", "secret"),
    of(POLICY, "tls-profile", "profile", "STRICT"),
    of(POLICY, "tls-min-tls-version", "min_tls_version", "1.2"),
    of(POLICY, "tls-custom-features", "custom_features", ["ECDHE-RSA-AES128-GCM-SHA256"], {
      also: ["tls-policy-features"],
    }),
    of(POLICY, "tls-post-quantum-key-exchange", "post_quantum_key_exchange", "ON"),
    of(POLICY, "tls-description", "description", "x".repeat(2049)),
    {
      rule: "tls-host-covered",
      address: PROXY,
      change: (document) => {
        const [hostRule] = resourceAt(document, "google_compute_url_map.main").host_rule as Json[];
        (hostRule!.hosts as string[]).push("www.example.com");
      },
    },
    {
      rule: "tls-host-covered",
      address: PROXY,
      change: (document) => {
        resourceAt(document, "google_certificate_manager_certificate_map_entry.org").hostname = "a.example.org";
      },
    },
    of(LISTED, "proxy-certificate-lists", "certificate_manager_certificates", [
      "${google_certificate_manager_certificate.own.id}",
    ]),
    of(PROXY, "tls-map-format", "certificate_map", "${google_certificate_manager_certificate_map.main.id}"),
    of(
      PROXY,
      "tls-map-format",
      "certificate_map",
      "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.main.name}",
    ),
    {
      rule: "tls-map-empty",
      address: MAP,
      change: (document) => {
        (document.resource as Json).google_certificate_manager_certificate_map_entry = {};
      },
    },
    of(LISTED, "tls-certificate-scope", "ssl_certificates", ["${google_compute_region_ssl_certificate.uploaded.id}"]),
    of(LISTED, "tls-certificate-scope", "ssl_policy", "${google_compute_region_ssl_policy.eu.id}"),
    of(REGIONAL, "tls-certificate-scope", "ssl_policy", "${google_compute_ssl_policy.main.id}"),
    of(REGIONAL, "tls-certificate-scope", "region", "us-central1", { at: "ssl_policy", also: ["tls-manager-list"] }),
    of(REGIONAL, "tls-manager-list", "certificate_manager_certificates", [
      "${google_certificate_manager_certificate.own.id}",
    ]),
    of(PROXY, "tls-manager-list", "certificate_manager_certificates", [
      "${google_certificate_manager_certificate.own.id}",
    ]),
    of(POLICY, "tls-policy-custom", "profile", "CUSTOM", { at: "custom_features" }),
    of(POLICY, "tls-policy-features", "custom_features", ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    {
      rule: "tls-policy-fips",
      address: POLICY,
      also: ["tls-min-tls-version-old"],
      change: (document) => {
        Object.assign(resourceAt(document, POLICY), { profile: "FIPS_202205", min_tls_version: "TLS_1_0" });
      },
    },
    of(POLICY, "tls-policy-tls13", "min_tls_version", "TLS_1_3"),
    of(POLICY, "tls-min-tls-version-set", "min_tls_version", undefined),
    of(OWN, "tls-managed-or-self", "managed", { domains: ["a.example.com"] }, { at: "self_managed" }),
    of(OWN, "tls-managed-or-self", "self_managed", undefined, { at: "managed" }),
    of(
      CERTIFICATE,
      "tls-issuance-or-authorization",
      "managed.issuance_config",
      "projects/p/locations/global/certificateIssuanceConfigs/c",
    ),
    of("google_certificate_manager_certificate.org", "tls-wildcard", "managed.dns_authorizations", undefined),
    of("google_certificate_manager_certificate.eu", "tls-regional-authorization", "managed.dns_authorizations", []),
    of(
      "google_certificate_manager_certificate.org",
      "tls-authorization-missing",
      "managed.domains",
      ["*.example.org", "example.net"],
      { also: ["change-certificate-per-domain"] },
    ),
    of(CERTIFICATE, "tls-authorization-location", "location", "europe-west1", {
      at: "managed.dns_authorizations",
      also: ["tls-entry-type"],
    }),
    of(ENTRY, "tls-entry-host-or-matcher", "matcher", "PRIMARY"),
    of(ENTRY, "tls-entry-host-or-matcher", "hostname", undefined),
    of("google_certificate_manager_certificate_map_entry.org", "tls-entry-unique", "hostname", "API.example.com", {
      also: ["tls-host-covered", "tls-entry-covers"],
    }),
    of(ENTRY, "tls-entry-covers", "certificates", ["${google_certificate_manager_certificate.org.id}"]),
    of(ENTRY, "tls-entry-type", "certificates", ["${google_compute_managed_ssl_certificate.classic.id}"]),
    {
      rule: "tls-entry-scope",
      address: ENTRY,
      change: (document) => {
        resourceAt(document, CERTIFICATE).scope = "ALL_REGIONS";
      },
    },
    of(CLASSIC, "tls-managed-domains-classic-item", "managed.domains", ["*.example.com"]),
    of(UPLOADED, "tls-uploaded-key", "private_key", undefined),
    of(UPLOADED, "tls-name-or-prefix", "name_prefix", "chat-"),
    {
      rule: "tls-name-prefix",
      address: UPLOADED,
      change: (document) => {
        Object.assign(resourceAt(document, UPLOADED), { name: undefined, name_prefix: "Chat-" });
      },
    },
    {
      rule: "tls-uploaded-key",
      address: UPLOADED,
      also: ["security-secret-literal"],
      change: (document) => {
        const key = "-----BEGIN PRIVATE KEY-----";
        Object.assign(resourceAt(document, UPLOADED), { private_key: key, private_key_wo: key });
      },
    },
    {
      rule: "tls-all-regions-authorization",
      address: CERTIFICATE,
      also: ["tls-entry-scope"],
      change: (document) => {
        Object.assign(resourceAt(document, CERTIFICATE), {
          scope: "ALL_REGIONS",
          managed: { domains: ["api.example.com"] },
        });
      },
    },
    of(OWN, "tls-own-key", "self_managed.pem_private_key", undefined),
  ],
  [
    "tls-all-regions-authorization",
    "tls-certificates-four",
    "tls-description",
    "tls-entry-scope",
    "tls-managed-domains-count",
    "tls-managed-domains-classic-item",
    "tls-managed-domains-common-name",
    "tls-map-empty",
    "tls-min-tls-version-old",
    "tls-min-tls-version-set",
    "tls-name",
    "tls-profile-modern",
    "tls-regional-authorization",
  ],
);

const tlsFindings = (document: Json) => findingsOf(document).filter(({ rule }) => rule.startsWith("tls-"));

test.each([
  [
    "a map by its name",
    { certificate_map: "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m" },
  ],
  ["a map by a variable", { certificate_map: "${var.certificate_map}" }],
  [
    "a map from a data source",
    { certificate_map: "//certificatemanager.googleapis.com/${data.google_certificate_manager_certificate_map.m.id}" },
  ],
  [
    "certificates by their links",
    { certificate_map: undefined, ssl_certificates: ["projects/p/global/sslCertificates/c"] },
  ],
  ["a list of certificates that is computed", { certificate_map: undefined, ssl_certificates: "${var.certificates}" }],
])("says nothing of hosts served by %s", (_what, attributes) => {
  const document = valid();
  Object.assign(resourceAt(document, PROXY), attributes);
  expect(tlsFindings(document)).toEqual([]);
});

test("says nothing of domains, authorizations and scopes that Terraform computes", () => {
  const document = valid();
  Object.assign(resourceAt(document, CERTIFICATE), {
    location: "${var.location}",
    scope: "${var.scope}",
    managed: { domains: ["${var.domain}"], dns_authorizations: ["${var.authorization}"] },
  });
  Object.assign(resourceAt(document, ENTRY), { hostname: "${var.domain}" });
  Object.assign(resourceAt(document, POLICY), { profile: "${var.profile}", custom_features: "${var.features}" });
  expect(tlsFindings(document)).toEqual([]);
});

test("says nothing of two lists of which one may be null, or of one instance of a map", () => {
  const document = valid();
  Object.assign(resourceAt(document, LISTED), {
    certificate_manager_certificates: "${var.managed}",
    ssl_certificates: "${length(var.own) == 0 ? null : var.own}",
  });
  resourceAt(document, MAP).count = 1;
  resourceAt(document, PROXY).certificate_map =
    "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.main[0].id}";
  expect(tlsFindings(document)).toEqual([]);
});
