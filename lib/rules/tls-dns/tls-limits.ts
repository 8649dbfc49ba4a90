import { type Allowed, integer, items, length, limit, matching, oneOf, seconds } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isHostName } from "./hosts";

const CERTIFICATE = "google_certificate_manager_certificate";
const AUTHORIZATION = "google_certificate_manager_dns_authorization";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const ISSUANCE = "google_certificate_manager_certificate_issuance_config";
const TRUST = "google_certificate_manager_trust_config";
const CLASSIC = "google_compute_managed_ssl_certificate";
const UPLOADED = "google_compute_ssl_certificate|google_compute_region_ssl_certificate";
const POLICY = "google_compute_ssl_policy|google_compute_region_ssl_policy";
const PROXIES =
  "google_compute_target_https_proxy|google_compute_region_target_https_proxy|google_compute_target_ssl_proxy";

const MANAGER = "Certificate Manager API v1, read 2026-11-22";
const PROVIDER = (type: string) => `provider documentation of ${type} 7.45.0`;

const DOMAIN: Allowed = {
  text: "fully qualified domain names in ASCII without a final dot",
  holds: (value) => typeof value === "string" && isHostName(value.replace(/^\*\./, "")),
};

const CLASSIC_DOMAIN: Allowed = {
  text: "fully qualified domain names in ASCII without a wildcard",
  holds: (value) => typeof value === "string" && isHostName(value.replace(/\.$/, "")),
};

const PEM = matching(/^\s*-----BEGIN CERTIFICATE-----/, "a certificate in PEM format");
const KEY = matching(/-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/, "a private key in PEM format");

const CHAIN: Allowed = {
  text: "a chain of at most 5 certificates",
  holds: (value) => typeof value !== "string" || value.split("-----BEGIN CERTIFICATE-----").length - 1 <= 5,
};

const COMMON_NAME: Allowed = {
  text: "at most 64 characters for the first domain",
  holds: (value) => !Array.isArray(value) || typeof value[0] !== "string" || value[0].length <= 64,
};

/** One line per limit on a single attribute. */
export const tlsLimits: readonly Rule[] = [
  limit(
    "tls-certificate-count",
    PROXIES,
    "ssl_certificates",
    items(0, 15),
    "use a certificate map instead of a list",
    PROVIDER("google_compute_target_https_proxy"),
  ),
  limit(
    "tls-map-format",
    "google_compute_target_https_proxy|google_compute_target_ssl_proxy",
    "certificate_map",
    matching(
      /^\/\/certificatemanager\.googleapis\.com\/projects\/[^/]+\/locations\/global\/certificateMaps\/[^/]+$/,
      "//certificatemanager.googleapis.com/projects/P/locations/global/certificateMaps/NAME",
    ),
    "put //certificatemanager.googleapis.com/ before the map's id",
    PROVIDER("google_compute_target_https_proxy"),
  ),
  limit(
    "tls-scope",
    CERTIFICATE,
    "scope",
    oneOf("DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"),
    "leave scope out for a global load balancer",
    MANAGER,
  ),
  limit(
    "tls-domains",
    CERTIFICATE,
    "managed.domains",
    { ...items(1, 100), required: true },
    "one certificate per domain is the safest; 100 domains are the most",
    "Google's limit of 100 domains per certificate, as quoted by others, read 2026-11-22",
  ),
  limit(
    "tls-common-name",
    `${CERTIFICATE}|${CLASSIC}`,
    "managed.domains",
    COMMON_NAME,
    "put a shorter domain first, use a wildcard of the domain above it, or a self-managed certificate",
    "cloud.google.com/load-balancing/docs/quotas#ssl_certificates, as quoted by others, read 2026-11-22; RFC 5280, ub-common-name",
    {
      severity: "warning",
      why: "The first domain becomes the common name, which holds 64 characters: the certificate is not issued. It is not sure for Certificate Manager, of which no such statement was found.",
    },
  ),
  limit(
    "tls-domain",
    CERTIFICATE,
    "managed.domains[]",
    DOMAIN,
    "write domains like api.example.com or *.example.com",
    MANAGER,
  ),
  limit(
    "tls-authorization-domain",
    AUTHORIZATION,
    "domain",
    {
      ...CLASSIC_DOMAIN,
      text: "a domain in ASCII without wildcard and final dot",
      holds: (value) => typeof value === "string" && isHostName(value),
    },
    "authorize example.com, which covers *.example.com too",
    `${MANAGER}: DnsAuthorization.domain`,
  ),
  limit(
    "tls-authorization-type",
    AUTHORIZATION,
    "type",
    oneOf("FIXED_RECORD", "PER_PROJECT_RECORD"),
    "use FIXED_RECORD, or PER_PROJECT_RECORD where several projects serve the domain",
    `${MANAGER}: DnsAuthorization.type`,
  ),
  limit(
    "tls-entry-hostname",
    ENTRY,
    "hostname",
    DOMAIN,
    "write host names like api.example.com or *.example.com",
    `${MANAGER}: CertificateMapEntry.hostname`,
  ),
  limit(
    "tls-entry-matcher",
    ENTRY,
    "matcher",
    oneOf("PRIMARY"),
    "use PRIMARY for requests without a known host name",
    `${MANAGER}: CertificateMapEntry.matcher`,
  ),
  limit(
    "tls-entry-certificates",
    ENTRY,
    "certificates",
    { ...items(1, 15), required: true },
    "name at least one certificate",
    PROVIDER(ENTRY),
  ),
  limit(
    "tls-entry-four",
    ENTRY,
    "certificates",
    items(0, 4),
    "name at most four certificates",
    `${MANAGER}: CertificateMapEntry.certificates`,
    {
      severity: "warning",
      why: "Google's API description allows four certificates. It is not sure, because the provider's documentation says fifteen.",
    },
  ),
  limit(
    "tls-issuance-lifetime",
    ISSUANCE,
    "lifetime",
    seconds(1814400, 2592000),
    "set 21 to 30 days, 1814400s to 2592000s",
    PROVIDER(ISSUANCE),
  ),
  limit(
    "tls-issuance-rotation",
    ISSUANCE,
    "rotation_window_percentage",
    integer(1, 99),
    "set a percentage that leaves 7 days on both sides",
    PROVIDER(ISSUANCE),
  ),
  limit(
    "tls-issuance-key",
    ISSUANCE,
    "key_algorithm",
    oneOf("RSA_2048", "ECDSA_P256"),
    "use ECDSA_P256",
    PROVIDER(ISSUANCE),
  ),
  limit(
    "tls-trust-stores",
    TRUST,
    "trust_stores",
    items(0, 1),
    "put all trust anchors into one trust store",
    `${MANAGER}: TrustConfig.trustStores`,
  ),
  limit(
    "tls-classic-domains",
    CLASSIC,
    "managed.domains",
    { ...items(1, 100), required: true },
    "list 1 to 100 domains",
    PROVIDER(CLASSIC),
  ),
  limit(
    "tls-classic-domain",
    CLASSIC,
    "managed.domains[]",
    CLASSIC_DOMAIN,
    "list each host name, or use Certificate Manager with DNS authorization for a wildcard",
    "Google's documentation of managed SSL certificates, from general knowledge, 2026-11",
  ),
  limit("tls-classic-type", CLASSIC, "type", oneOf("MANAGED"), "leave type out", PROVIDER(CLASSIC)),
  limit(
    "tls-pem",
    UPLOADED,
    "certificate",
    PEM,
    "pass the certificate chain in PEM format, leaf first",
    "Compute API v1, SslCertificate.certificate, read 2026-11-22",
  ),
  limit(
    "tls-chain",
    UPLOADED,
    "certificate",
    CHAIN,
    "leave the root and what is not needed out",
    "Compute API v1, SslCertificate.certificate, read 2026-11-22",
  ),
  limit(
    "tls-key",
    UPLOADED,
    "private_key",
    KEY,
    "pass the private key in PEM format",
    "Compute API v1, SslCertificate.privateKey, read 2026-11-22",
  ),
  limit(
    "tls-manager-pem",
    CERTIFICATE,
    "self_managed.pem_certificate",
    PEM,
    "pass the certificate chain in PEM format, leaf first",
    `${MANAGER}: SelfManagedCertificate`,
  ),
  limit(
    "tls-manager-key",
    CERTIFICATE,
    "self_managed.pem_private_key",
    KEY,
    "pass the private key in PEM format",
    `${MANAGER}: SelfManagedCertificate`,
  ),
  limit(
    "tls-policy-profile",
    POLICY,
    "profile",
    oneOf("COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"),
    "use MODERN or RESTRICTED",
    PROVIDER("google_compute_ssl_policy"),
  ),
  limit(
    "tls-policy-version",
    POLICY,
    "min_tls_version",
    oneOf("TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"),
    "use TLS_1_2",
    PROVIDER("google_compute_ssl_policy"),
  ),
  limit(
    "tls-policy-feature",
    POLICY,
    "custom_features[]",
    matching(/^TLS_[A-Z0-9_]+$/, "names of cipher suites"),
    "name suites like TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "Compute API v1, SslPolicy.customFeatures, read 2026-11-22",
  ),
  limit(
    "tls-policy-post-quantum",
    POLICY,
    "post_quantum_key_exchange",
    oneOf("DEFAULT", "ENABLED", "DEFERRED"),
    "leave it out, or use ENABLED",
    PROVIDER("google_compute_ssl_policy"),
  ),
  limit(
    "tls-description",
    `${UPLOADED}|${CLASSIC}|${POLICY}`,
    "description",
    length(0, 2048),
    "shorten the description",
    "Compute API v1, SslCertificate.description, read 2026-11-22",
    {
      severity: "warning",
      why: "Compute Engine rejects descriptions beyond 2048 characters elsewhere. It is not sure for this type.",
    },
  ),
];
