import { describeGroup, findingsOf, type Json, resourceAt, wrong } from "./rule-support";
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

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `projects/p/locations/global/certificates/c${index}`);

describeGroup(
  "tls",
  valid,
  [
    wrong(LISTED, "proxy-ssl-certificates", "ssl_certificates", many(16)),
    wrong(PROXY, "tls-map-format", "certificate_map", "projects/p/locations/global/certificateMaps/m"),
    wrong(CERTIFICATE, "tls-scope", "scope", "EDGE"),
    wrong(CERTIFICATE, "tls-managed-domains-common-name", "managed.domains", [`${"a".repeat(53)}.example.com`], {
      also: ["tls-entry-covers", "tls-authorization-missing"],
    }),
    wrong(CLASSIC, "tls-managed-domains-common-name", "managed.domains", [`${"a".repeat(53)}.example.com`]),
    wrong(CERTIFICATE, "tls-managed-domains", "managed.domains", []),
    wrong(CERTIFICATE, "tls-managed-domains", "managed.domains", undefined),
    wrong(
      CERTIFICATE,
      "tls-managed-domains-count",
      "managed.domains",
      Array.from({ length: 101 }, (_, index) => `a${index}.example.com`),
      { also: ["tls-entry-covers", "tls-authorization-missing", "change-certificate-per-domain"] },
    ),
    wrong(CERTIFICATE, "tls-managed-domains-item", "managed.domains", ["api.example.com."]),
    wrong(CERTIFICATE, "tls-managed-domains-item", "managed.domains", ["https://api.example.com"]),
    wrong(CERTIFICATE, "tls-managed-domains-item", "managed.domains", ["api.*.example.com"]),
    wrong(AUTHORIZATION, "tls-domain-authorization", "domain", "*.example.com"),
    wrong(AUTHORIZATION, "tls-type-authorization", "type", "DNS"),
    wrong(ENTRY, "tls-hostname", "hostname", "api_.example.com/"),
    wrong(ENTRY, "tls-matcher", "matcher", "DEFAULT", { also: ["tls-entry-host-or-matcher"] }),
    wrong(ENTRY, "tls-certificates", "certificates", many(16), { also: ["tls-certificates-four"] }),
    wrong(ENTRY, "tls-certificates", "certificates", []),
    wrong(ENTRY, "tls-certificates-four", "certificates", many(5)),
    wrong(ISSUANCE, "tls-lifetime", "lifetime", "86400s"),
    wrong(ISSUANCE, "tls-rotation-window-percentage", "rotation_window_percentage", 100),
    wrong(ISSUANCE, "tls-key-algorithm", "key_algorithm", "RSA"),
    wrong(TRUST, "tls-trust-stores", "trust_stores", [{}, {}]),
    wrong(
      CLASSIC,
      "tls-managed-domains-classic",
      "managed.domains",
      Array.from({ length: 101 }, (_, index) => `a${index}.example.com`),
    ),
    wrong(CLASSIC, "tls-managed-domains-classic-item", "managed.domains", [`${"a".repeat(64)}.example.com`]),
    wrong(CLASSIC, "tls-type-classic", "type", "SELF_MANAGED"),
    wrong(UPLOADED, "tls-certificate", "certificate", "MIIB"),
    wrong(UPLOADED, "tls-certificate-chain", "certificate", PEM.repeat(6)),
    wrong(UPLOADED, "tls-private-key", "private_key", "secret"),
    wrong(OWN, "tls-self-managed-pem-certificate", "self_managed.pem_certificate", "MIIB"),
    wrong(OWN, "tls-self-managed-pem-private-key", "self_managed.pem_private_key", "secret"),
    wrong(POLICY, "tls-profile", "profile", "STRICT"),
    wrong(POLICY, "tls-min-tls-version", "min_tls_version", "1.2"),
    wrong(POLICY, "tls-custom-features", "custom_features", ["ECDHE-RSA-AES128-GCM-SHA256"], {
      also: ["tls-policy-features"],
    }),
    wrong(POLICY, "tls-post-quantum-key-exchange", "post_quantum_key_exchange", "ON"),
    wrong(POLICY, "tls-description", "description", "x".repeat(2049)),
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
    wrong(LISTED, "proxy-certificate-lists", "certificate_manager_certificates", [
      "${google_certificate_manager_certificate.own.id}",
    ]),
    wrong(PROXY, "tls-map-format", "certificate_map", "${google_certificate_manager_certificate_map.main.id}"),
    wrong(
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
    wrong(LISTED, "tls-certificate-scope", "ssl_certificates", [
      "${google_compute_region_ssl_certificate.uploaded.id}",
    ]),
    wrong(LISTED, "tls-certificate-scope", "ssl_policy", "${google_compute_region_ssl_policy.eu.id}"),
    wrong(REGIONAL, "tls-certificate-scope", "ssl_policy", "${google_compute_ssl_policy.main.id}"),
    wrong(REGIONAL, "tls-certificate-scope", "region", "us-central1", { at: "ssl_policy", also: ["tls-manager-list"] }),
    wrong(REGIONAL, "tls-manager-list", "certificate_manager_certificates", [
      "${google_certificate_manager_certificate.own.id}",
    ]),
    wrong(PROXY, "tls-manager-list", "certificate_manager_certificates", [
      "${google_certificate_manager_certificate.own.id}",
    ]),
    wrong(POLICY, "tls-policy-custom", "profile", "CUSTOM", { at: "custom_features" }),
    wrong(POLICY, "tls-policy-features", "custom_features", ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    {
      rule: "tls-policy-fips",
      address: POLICY,
      also: ["tls-min-tls-version-old"],
      change: (document) => {
        Object.assign(resourceAt(document, POLICY), { profile: "FIPS_202205", min_tls_version: "TLS_1_0" });
      },
    },
    wrong(POLICY, "tls-policy-tls13", "min_tls_version", "TLS_1_3"),
    wrong(POLICY, "tls-min-tls-version-set", "min_tls_version", undefined),
    wrong(OWN, "tls-managed-or-self", "managed", { domains: ["a.example.com"] }, { at: "self_managed" }),
    wrong(OWN, "tls-managed-or-self", "self_managed", undefined, { at: "managed" }),
    wrong(
      CERTIFICATE,
      "tls-issuance-or-authorization",
      "managed.issuance_config",
      "projects/p/locations/global/certificateIssuanceConfigs/c",
    ),
    wrong("google_certificate_manager_certificate.org", "tls-wildcard", "managed.dns_authorizations", undefined),
    wrong("google_certificate_manager_certificate.eu", "tls-regional-authorization", "managed.dns_authorizations", []),
    wrong(
      "google_certificate_manager_certificate.org",
      "tls-authorization-missing",
      "managed.domains",
      ["*.example.org", "example.net"],
      { also: ["change-certificate-per-domain"] },
    ),
    wrong(CERTIFICATE, "tls-authorization-location", "location", "europe-west1", {
      at: "managed.dns_authorizations",
      also: ["tls-entry-type"],
    }),
    wrong(ENTRY, "tls-entry-host-or-matcher", "matcher", "PRIMARY"),
    wrong(ENTRY, "tls-entry-host-or-matcher", "hostname", undefined),
    wrong("google_certificate_manager_certificate_map_entry.org", "tls-entry-unique", "hostname", "API.example.com", {
      also: ["tls-host-covered", "tls-entry-covers"],
    }),
    wrong(ENTRY, "tls-entry-covers", "certificates", ["${google_certificate_manager_certificate.org.id}"]),
    wrong(ENTRY, "tls-entry-type", "certificates", ["${google_compute_managed_ssl_certificate.classic.id}"]),
    {
      rule: "tls-entry-scope",
      address: ENTRY,
      change: (document) => {
        resourceAt(document, CERTIFICATE).scope = "ALL_REGIONS";
      },
    },
    wrong(CLASSIC, "tls-managed-domains-classic-item", "managed.domains", ["*.example.com"]),
    wrong(UPLOADED, "tls-uploaded-key", "private_key", undefined),
    wrong(UPLOADED, "tls-write-only", "private_key_wo_version", 1, { at: "private_key_wo" }),
    wrong(UPLOADED, "tls-name-or-prefix", "name_prefix", "chat-"),
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
        Object.assign(resourceAt(document, UPLOADED), {
          private_key: key,
          private_key_wo: key,
          private_key_wo_version: 1,
        });
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
    wrong(OWN, "tls-own-key", "self_managed.pem_private_key", undefined),
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
