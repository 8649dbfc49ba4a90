import { isHostName } from "../language/host-name";
import { computeName, namePrefix } from "./formats";
import { type Conditions, fulfilling, integer, items, type Limits, length, matching, not, oneOf, seconds, set, unset } from "./limit";
import { atMostOne, exactlyOne, type NameFacts, resourceType, when, writeOnly } from "./resource-type";
import { api, provider, reported, unconfirmed } from "./source";

const manager = api("Certificate Manager API v1");
const compute = api("Compute API v1");

const managerName = matching(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, "1 to 64 letters, digits, hyphens and underscores, starting with a letter").fix("shorten or respell the name");
const CERTIFICATE_7 = provider("google_certificate_manager_certificate 7.45.0");
const certificateName: NameFacts = { format: managerName.from(CERTIFICATE_7), uniqueIn: ["location"] };
const mapName: NameFacts = { format: managerName.from(unconfirmed("documented for certificates and DNS authorizations only")), uniqueIn: ["location"] };
const common = { group: "tls", labels: "labels" } as const;

const withoutStar = (domain: unknown) => String(domain).replace(/^\*\./, "");

/** A domain of a certificate: `api.example.com` or `*.example.com`. */
export const certificateDomain = fulfilling("a full domain name in ASCII without a final dot", (value) => isHostName(withoutStar(value))).fix(
  "write api.example.com or *.example.com",
  manager("ManagedCertificate.domains"),
);

/** The domain of a DNS authorization, which covers the wildcard below it. */
export const authorizedDomain = fulfilling("a domain in ASCII without a wildcard and a final dot", (value) => isHostName(String(value))).fix(
  "write example.com, which covers *.example.com too",
  manager("DnsAuthorization.domain"),
);

const pemCertificate = matching(/^\s*-----BEGIN CERTIFICATE-----/, "a certificate in PEM format").fix("pass the certificate chain in PEM format, leaf first");
const pemKey = matching(/-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/, "a private key in PEM format").fix("pass the private key in PEM format");

const WRITE_ONLY = provider("google_compute_ssl_certificate 7.45.0", "validate");
const PROXY_7 = provider("google_compute_target_https_proxy 7.45.0");
/** Certificates of one proxy. */
export const proxyCertificates = items(0, 15).fix("use a certificate map instead of a list", PROXY_7);
export const certificateLists = atMostOne("ssl_certificates certificate_manager_certificates", { id: "certificate-lists" }).fix("remove one of the lists", PROXY_7);

/** The resource name of a certificate. */
export const certificateId = (location: string) => matching(new RegExp(`^projects/[^/]+/locations/${location}/certificates/[^/]+$`), `projects/P/locations/${location}/certificates/NAME`);
const MAP_ID = /^projects\/[^/]+\/locations\/global\/certificateMaps\/[^/]+$/;
/** The resource name of a certificate map. */
export const certificateMapId = matching(MAP_ID, "projects/P/locations/global/certificateMaps/NAME").fix("leave out //certificatemanager.googleapis.com/");

/** Longest domain that fits into the common name of a certificate. */
export const MAX_COMMON_NAME = 64;
const fitsCommonName = (domain: unknown) => !isHostName(withoutStar(domain)) || String(domain).length <= MAX_COMMON_NAME;
const commonName = fulfilling(`a list whose first domain has at most ${MAX_COMMON_NAME} characters`, (domains) => fitsCommonName([domains].flat()[0]))
  .named("common-name")
  .why("The first domain becomes the common name, which holds 64 characters: the certificate is not issued.")
  .fix("put a shorter domain first, use a wildcard, or a self-managed certificate", reported("load-balancing/docs/quotas#ssl_certificates as quoted by others; RFC 5280, ub-common-name"));

const hasWildcard = (domains: unknown) => Array.isArray(domains) && domains.some((domain) => String(domain).startsWith("*."));
const wildcard = fulfilling("a list with a wildcard", hasWildcard);
const plain = fulfilling("a list without a wildcard", (domains) => !hasWildcard(domains));
/** Load balancer authorization, which no regional load balancer can do. */
const authorized = (id: string, where: Conditions) =>
  when({ ...where, managed: set(), "managed.issuance_config": unset(), "managed.domains": plain }, { "managed.dns_authorizations": set() }, { id })
    .why("Load balancer authorization exists only for global external load balancers: the certificate is rejected or never issued.")
    .fix("add a DNS authorization of the same location to dns_authorizations", unconfirmed("docs.cloud.google.com/certificate-manager/docs/domain-authorization"));

const certificate = resourceType("google_certificate_manager_certificate", {
  ...common,
  name: certificateName,
  replacedBy: ["name", "location", "scope", "managed"],
  defaults: { location: "global" },
  limits: {
    scope: oneOf("DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH").fix("leave scope out for a global load balancer", manager("Certificate.scope")),
    "managed.domains": [
      items(1).required().fix("name a domain, or remove managed", manager("ManagedCertificate.domains")),
      items(0, 100).named("count").fix("make one certificate for each domain", reported("Google's limit of 100 domains per certificate, as quoted by others")),
      commonName,
    ],
    "managed.domains[]": certificateDomain.named("item"),
    "self_managed.pem_certificate": pemCertificate.from(manager("SelfManagedCertificate.pemCertificate")),
    "self_managed.pem_private_key": pemKey.from(manager("SelfManagedCertificate.pemPrivateKey")),
  },
  alternatives: [
    exactlyOne("managed self_managed", { id: "managed-or-self" }).fix("set managed with domains, or self_managed with a certificate and its key", manager("Certificate")),
    atMostOne("dns_authorizations issuance_config", { in: "managed", id: "issuance-or-authorization" }).fix("keep issuance_config only for certificates of a private CA", CERTIFICATE_7),
    exactlyOne("pem_certificate certificate_pem", { in: "self_managed", id: "own-certificate" }).fix("set pem_certificate", CERTIFICATE_7),
    exactlyOne("pem_private_key pem_private_key_wo private_key_pem", { in: "self_managed", id: "own-key" }).fix("set pem_private_key_wo with its version, or pem_private_key", CERTIFICATE_7),
  ],
  together: [
    when({ domains: wildcard, issuance_config: unset() }, { dns_authorizations: set() }, { in: "managed", id: "wildcard" })
      .why("Google cannot prove control of a wildcard through the load balancer: the certificate is rejected or never issued.")
      .fix("add a DNS authorization for the domain below the wildcard to dns_authorizations", manager("ManagedCertificate.domains")),
    ...writeOnly(["pem_private_key_wo"], WRITE_ONLY, "self_managed"),
    authorized("regional-authorization", { location: not("global") }),
    authorized("all-regions-authorization", { location: "global", scope: "ALL_REGIONS" }),
  ],
});

const dnsAuthorization = resourceType("google_certificate_manager_dns_authorization", {
  ...common,
  name: certificateName,
  replacedBy: ["name", "domain", "type", "location"],
  limits: {
    domain: authorizedDomain.named("authorization"),
    type: oneOf("FIXED_RECORD", "PER_PROJECT_RECORD").named("authorization").fix("use PER_PROJECT_RECORD where several projects serve the domain", manager("DnsAuthorization.type")),
  },
});

const certificateMap = resourceType("google_certificate_manager_certificate_map", { ...common, name: { ...mapName, uniqueIn: [] }, replacedBy: ["name"] });

const certificateMapEntry = resourceType("google_certificate_manager_certificate_map_entry", {
  ...common,
  name: { ...mapName, uniqueIn: ["map"] },
  replacedBy: ["name", "map", "hostname", "matcher"],
  limits: {
    hostname: certificateDomain.from(manager("CertificateMapEntry.hostname")),
    matcher: oneOf("PRIMARY").fix("use PRIMARY for requests without a known host name", manager("CertificateMapEntry.matcher")),
    certificates: [
      items(1, 15).required().fix("name at least one certificate", provider("google_certificate_manager_certificate_map_entry 7.45.0")),
      items(0, 4).named("four").advice("Google's API reference allows four, the provider's documentation fifteen.").fix("name at most four", manager("CertificateMapEntry.certificates")),
    ],
  },
  alternatives: [exactlyOne("hostname matcher", { id: "entry-host-or-matcher" }).fix("set hostname, or matcher = PRIMARY for all others", manager("CertificateMapEntry"))],
});

const ISSUANCE = provider("google_certificate_manager_certificate_issuance_config 7.45.0");

const issuanceConfig = resourceType("google_certificate_manager_certificate_issuance_config", {
  ...common,
  name: mapName,
  // A change of effective_labels replaces it.
  replacedBy: ["name", "location", "certificate_authority_config", "description", "key_algorithm", "labels", "lifetime", "rotation_window_percentage"],
  limits: {
    lifetime: seconds(1814400, 2592000).fix("set 21 to 30 days, 1814400s to 2592000s", ISSUANCE),
    rotation_window_percentage: integer(1, 99).fix("set a percentage that leaves 7 days on both sides", ISSUANCE),
  },
});

const trustConfig = resourceType("google_certificate_manager_trust_config", {
  ...common,
  name: mapName,
  replacedBy: ["name", "location"],
  limits: { trust_stores: items(0, 1).fix("put all trust anchors into one trust store", manager("TrustConfig.trustStores")) },
});

const described: Limits = { description: length(0, 2048).fix("shorten the description", unconfirmed("Compute Engine rejects descriptions beyond 2048 characters elsewhere")) };

const chain = fulfilling("a chain of at most 5 certificates", (value) => String(value).split("-----BEGIN CERTIFICATE-----").length <= 6).named("chain");

const uploaded = (scope: "" | "region_") =>
  resourceType(`google_compute_${scope}ssl_certificate`, {
    group: "tls",
    name: { format: computeName, uniqueIn: scope === "" ? [] : ["region"], sharedWith: scope === "" ? ["google_compute_managed_ssl_certificate"] : [] },
    replacedBy: ["name", "name_prefix", "description", "certificate", "private_key", "private_key_wo_version", ...(scope === "" ? [] : ["region"])],
    limits: {
      ...described,
      name_prefix: namePrefix,
      certificate: [pemCertificate.from(compute("SslCertificate.certificate")), chain.fix("remove the root and whatever is not needed", compute("SslCertificate.certificate"))],
      private_key: pemKey.from(compute("SslCertificate.privateKey")),
    },
    alternatives: [
      atMostOne("name name_prefix", { id: "name-or-prefix" }).fix("remove one of them", provider("google_compute_ssl_certificate 7.45.0", "validate")),
      exactlyOne("private_key private_key_wo", { id: "uploaded-key" }).fix("set private_key, or private_key_wo with its version", provider("google_compute_ssl_certificate 7.45.0")),
    ],
    together: writeOnly(["private_key_wo"], WRITE_ONLY),
  });

const managedSslCertificate = resourceType("google_compute_managed_ssl_certificate", {
  group: "tls",
  name: { format: computeName, uniqueIn: [], sharedWith: ["google_compute_ssl_certificate"] },
  replacedBy: ["name", "description", "managed", "type"],
  limits: {
    ...described,
    "managed.domains": [items(1, 100).named("classic").required().fix("list 1 to 100 domains", provider("google_compute_managed_ssl_certificate 7.45.0")), commonName],
    "managed.domains[]": fulfilling("a full domain name in ASCII without a wildcard", (value) => isHostName(String(value).replace(/\.$/, "")))
      .named("classic-item")
      .fix("list each host name, or use Certificate Manager for a wildcard", unconfirmed("docs.cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs")),
    type: oneOf("MANAGED").named("classic").fix("leave type out", provider("google_compute_managed_ssl_certificate 7.45.0", "validate")),
  },
});

const SSL_POLICY = provider("google_compute_ssl_policy 7.45.0");

const sslPolicy = (scope: "" | "region_") =>
  resourceType(`google_compute_${scope}ssl_policy`, {
    group: "tls",
    name: { format: computeName, uniqueIn: scope === "" ? [] : ["region"] },
    replacedBy: scope === "" ? ["name", "description"] : ["name", "description", "region"],
    defaults: { profile: "COMPATIBLE", min_tls_version: "TLS_1_0" },
    limits: {
      ...described,
      profile: [
        oneOf("COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205").fix("use MODERN or RESTRICTED", SSL_POLICY),
        not("COMPATIBLE").required().named("modern").advice("COMPATIBLE, the default, allows broken cipher suites for very old clients.").fix("set profile = MODERN, or RESTRICTED", SSL_POLICY),
      ],
      min_tls_version: [
        oneOf("TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3").fix("use TLS_1_2", SSL_POLICY),
        not("TLS_1_0", "TLS_1_1").named("old").advice("TLS 1.0 and 1.1 are broken, and no current client needs them.").fix("set min_tls_version = TLS_1_2", SSL_POLICY),
        set().named("set").advice("The default is TLS 1.0, which is broken. Say TLS_1_0 where old clients are meant to connect.").fix("set min_tls_version = TLS_1_2", SSL_POLICY),
      ],
      "custom_features[]": matching(/^TLS_[A-Z0-9_]+$/, "the name of a cipher suite").fix("name suites like TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", compute("SslPolicy.customFeatures")),
      post_quantum_key_exchange: oneOf("DEFAULT", "ENABLED", "DEFERRED").fix("leave it out, or use ENABLED", SSL_POLICY),
    },
    together: [
      when({ profile: "CUSTOM" }, { custom_features: set() }, { id: "policy-custom" }).fix("list custom_features, or use another profile", SSL_POLICY),
      when({ profile: not("CUSTOM") }, { custom_features: unset() }, { id: "policy-features" }).fix("set profile = CUSTOM, or remove custom_features", SSL_POLICY),
      when({ profile: "FIPS_202205" }, { min_tls_version: "TLS_1_2" }, { id: "policy-fips" }).fix("set min_tls_version = TLS_1_2", SSL_POLICY),
      when({ profile: ["COMPATIBLE", "MODERN", "CUSTOM"] }, { min_tls_version: not("TLS_1_3") }, { id: "policy-tls13" }).fix("set profile = RESTRICTED with TLS_1_3", SSL_POLICY),
    ],
  });

const backendAuthenticationConfig = resourceType("google_network_security_backend_authentication_config", {
  ...common,
  name: mapName,
  replacedBy: ["name", "client_certificate", "trust_config"],
});

export const certificatesTypes = [
  ...[certificate, dnsAuthorization, certificateMap, certificateMapEntry, issuanceConfig, trustConfig, managedSslCertificate, backendAuthenticationConfig],
  ...(["", "region_"] as const).flatMap((scope) => [uploaded(scope), sslPolicy(scope)]),
];
