import { describeGroup, findingsOf, type Json, type More, type Mutation, resourceAt, wrong } from "./rule-support";
import { servingPath } from "./serving-path";

const ZONE = "google_dns_managed_zone.main";
const INTERNAL = "google_dns_managed_zone.internal";
const FORWARDING = "google_dns_managed_zone.forwarding";
const AUTHORIZATION = "google_certificate_manager_dns_authorization.api";
const record = (name: string) => `google_dns_record_set.${name}`;

const inMain = (name: string, type: string, rrdatas: unknown[]) => ({
  managed_zone: "${google_dns_managed_zone.main.name}",
  name: `${name}\${google_dns_managed_zone.main.dns_name}`,
  type,
  ttl: 300,
  rrdatas,
});

const routed = (name: string, policy: Json, type = "A") => ({
  managed_zone: "internal",
  name: `${name}.corp.example.com.`,
  type,
  ttl: 30,
  routing_policy: policy,
});

function valid(): Json {
  const document = servingPath();
  Object.assign(document.resource as Json, {
    google_dns_managed_zone: {
      main: {
        name: "main",
        dns_name: "example.com.",
        description: "Names of the API",
        dnssec_config: {
          state: "on",
          non_existence: "nsec3",
          default_key_specs: [
            { algorithm: "ecdsap256sha256", key_length: 256, key_type: "keySigning" },
            { algorithm: "ecdsap256sha256", key_length: "256", key_type: "zoneSigning" },
          ],
        },
      },
      internal: {
        name: "internal",
        dns_name: "corp.example.com.",
        visibility: "private",
        private_visibility_config: { networks: [{ network_url: "projects/p/global/networks/n" }] },
      },
      forwarding: {
        name: "forwarding",
        dns_name: "old.example.com.",
        visibility: "private",
        private_visibility_config: { networks: [{ network_url: "projects/p/global/networks/n" }] },
        forwarding_config: { target_name_servers: [{ ipv4_address: "10.0.0.53", forwarding_path: "private" }] },
      },
    },
    google_dns_record_set: {
      v4: inMain("api.", "A", ["${google_compute_global_address.v4.address}"]),
      v6: inMain("api.", "AAAA", ["${google_compute_global_address.v6.address}"]),
      www: inMain("www.", "CNAME", ["api.example.com."]),
      caa: inMain("", "CAA", ['0 issue "pki.goog"', '0 issue "other.example"']),
      mail: inMain("", "MX", ["10 mx1.example.net.", "20 mx2.example.net."]),
      text: inMain("", "TXT", ['"v=spf1 -all"', "google-site-verification=abc"]),
      service: inMain("_grpc._tcp.", "SRV", ["0 5 443 api.example.com."]),
      alias: inMain("", "ALIAS", ["api.example.net."]),
      challenge: {
        managed_zone: "${google_dns_managed_zone.main.name}",
        name: "${google_certificate_manager_dns_authorization.api.dns_resource_record[0].name}",
        type: "${google_certificate_manager_dns_authorization.api.dns_resource_record[0].type}",
        ttl: 300,
        rrdatas: ["${google_certificate_manager_dns_authorization.api.dns_resource_record[0].data}"],
      },
      weighted: routed("weighted", {
        wrr: [
          { weight: 0.9, rrdatas: ["10.0.0.1"] },
          { weight: "0.1", rrdatas: ["10.0.0.2"] },
        ],
      }),
      near: routed("near", {
        geo: [
          { location: "europe-west1", rrdatas: ["10.0.0.1"] },
          { location: "us-central1", health_checked_targets: { internal_load_balancers: [balancer()] } },
        ],
        enable_geo_fencing: true,
      }),
      failover: routed("failover", {
        primary_backup: {
          trickle_ratio: 0.1,
          primary: { internal_load_balancers: [balancer()] },
          backup_geo: [{ location: "us-central1", rrdatas: ["10.0.0.2"] }],
        },
      }),
      outside: routed("outside", {
        health_check: "projects/p/global/healthChecks/h",
        wrr: [{ weight: 1, health_checked_targets: { external_endpoints: ["203.0.113.7"] } }],
      }),
    },
  });
  return document;
}

function balancer(): Json {
  return {
    load_balancer_type: "regionalL7ilb",
    ip_address: "10.0.0.1",
    port: "443",
    ip_protocol: "tcp",
    network_url: "projects/p/global/networks/n",
    project: "p",
    region: "europe-west1",
  };
}

const zone = (rule: string, path: string, value: unknown, more: More = {}) => wrong(ZONE, rule, path, value, more);
const on = (name: string, rule: string, path: string, value: unknown, more: More = {}) =>
  wrong(record(name), rule, path, value, more);
const moreOf = (rule: string, address: string, changes: Json): Mutation => ({
  rule,
  address,
  change: (document) => {
    Object.assign(resourceAt(document, address), changes);
  },
});
const PRIMARY = "routing_policy.primary_backup.primary.internal_load_balancers.0";

describeGroup(
  "dns",
  valid,
  [
    ...["example.org", "api.example.org"]
      .map((domain) =>
        wrong(AUTHORIZATION, "dns-in-zone", "domain", domain, {
          at: "name",
          also: ["dns-authorization-record", "tls-authorization-missing", "tls-certificate-domain"],
        }),
      )
      .map((each) => ({
        ...each,
        address: record("challenge"),
        set: undefined,
        change: (document: Json) => {
          resourceAt(document, AUTHORIZATION).domain = each.set![1];
        },
      })),
    {
      rule: "dns-zone-domains",
      address: ZONE,
      change: (document: Json) => {
        resourceAt(document, ZONE).dns_name = "example.org.";
        delete ((document.resource as Json).google_dns_record_set as Json).challenge;
      },
      also: ["reach-record-certified"],
      at: "dns_name",
    },
    zone("dns-dns-name", "dns_name", "example.com"),
    zone("dns-dns-name", "dns_name", "exa mple.com.", { also: ["dns-in-zone"] }),
    zone("dns-description", "description", "x".repeat(1025)),
    zone("dns-visibility", "visibility", "internal"),
    zone("dns-dnssec-config-state", "dnssec_config.state", true),
    zone("dns-dnssec-config-non-existence", "dnssec_config.non_existence", "nsec5"),
    zone("dns-dnssec-config-default-key-specs-algorithm", "dnssec_config.default_key_specs.0.algorithm", "ed25519"),
    zone("dns-dnssec-config-default-key-specs-key-type", "dnssec_config.default_key_specs.0.key_type", "ksk"),
    wrong(
      FORWARDING,
      "dns-forwarding-config-target-name-servers-forwarding-path",
      "forwarding_config.target_name_servers.0.forwarding_path",
      "vpc",
    ),
    on("www", "dns-name", "name", "www.example.com"),
    on("www", "dns-name-labels", "name", "w*w.example.com."),
    on("www", "dns-type", "type", "cname"),
    on("www", "dns-ttl", "ttl", -1),
    on("www", "dns-ttl-set", "ttl", undefined),
    on("www", "dns-record-content", "rrdatas", []),
    on("weighted", "dns-routing-policy-wrr-weight", "routing_policy.wrr.0.weight", -1),
    on("weighted", "dns-routing-policy-wrr-weight", "routing_policy.wrr.0.weight", undefined),
    on("near", "dns-routing-policy-geo-location", "routing_policy.geo.0.location", "EU"),
    on(
      "failover",
      "dns-routing-policy-primary-backup-backup-geo-location",
      "routing_policy.primary_backup.backup_geo.0.location",
      "us",
    ),
    on(
      "failover",
      "dns-routing-policy-primary-backup-trickle-ratio",
      "routing_policy.primary_backup.trickle_ratio",
      10,
    ),
    on("failover", "dns-load-balancer-type", `${PRIMARY}.load_balancer_type`, "L7"),
    on("failover", "dns-ip-protocol", `${PRIMARY}.ip_protocol`, "TCP"),
    on("failover", "dns-port", `${PRIMARY}.port`, "0"),

    zone("dns-zone-public", "forwarding_config", { target_name_servers: [{ ipv4_address: "10.0.0.53" }] }),
    zone("dns-zone-public", "private_visibility_config", { networks: [{ network_url: "n" }] }),
    wrong(INTERNAL, "dns-zone-private-dnssec", "dnssec_config", { state: "on" }, { at: "dnssec_config.state" }),
    wrong(INTERNAL, "dns-zone-private-network", "private_visibility_config", undefined),
    wrong(FORWARDING, "dns-zone-kind", "peering_config", { target_network: { network_url: "n" } }),
    wrong(FORWARDING, "dns-forwarding-target", "forwarding_config.target_name_servers.0.ipv6_address", "fd00::53"),
    wrong(
      FORWARDING,
      "dns-forwarding-config-target-name-servers-ipv4-address",
      "forwarding_config.target_name_servers.0.ipv4_address",
      "10.0.0",
    ),
    wrong(
      FORWARDING,
      "dns-forwarding-config-target-name-servers-ipv6-address",
      "forwarding_config.target_name_servers.0",
      { ipv6_address: "10.0.0.53" },
      { at: "forwarding_config.target_name_servers.0.ipv6_address" },
    ),
    wrong(
      FORWARDING,
      "dns-forwarding-target",
      "forwarding_config.target_name_servers.0",
      { forwarding_path: "private" },
      { at: "forwarding_config.target_name_servers.0.ipv4_address" },
    ),
    zone("dns-dnssec-config-default-key-specs-pair", "dnssec_config.default_key_specs.1.key_type", "keySigning", {
      at: "dnssec_config.default_key_specs",
    }),
    zone("dns-dnssec-config-default-key-specs-key-length-p256", "dnssec_config.default_key_specs.0.key_length", 2048),

    on("www", "dns-record-content", "rrdatas", undefined),
    on("weighted", "dns-record-content", "rrdatas", ["10.0.0.1"], { at: "routing_policy" }),
    on("v4", "dns-record-format", "rrdatas", ["203.0.113.256"]),
    on("v6", "dns-record-format", "rrdatas", ["203.0.113.1"]),
    on("www", "dns-record-format", "rrdatas", ["api.example.com"]),
    on("mail", "dns-record-format", "rrdatas", ["mx1.example.net."]),
    on("service", "dns-record-format", "rrdatas", ["0 5 api.example.com."]),
    on("caa", "dns-record-format", "rrdatas", ["pki.goog"]),
    on("text", "dns-record-format", "rrdatas", [`"${"x".repeat(256)}"`]),
    on("weighted", "dns-record-format", "routing_policy.wrr.0.rrdatas", ["host.example.com."]),
    on("text", "dns-rrdatas-quotes", "rrdatas", ["v=spf1 -all"]),
    on("mail", "dns-rrdatas-repeated", "rrdatas", ["10 mx1.example.net.", "10 mx1.example.net."]),
    on("www", "dns-rrdatas-single", "rrdatas", ["a.example.com.", "b.example.com."]),
    on("www", "dns-in-zone", "name", "www.example.org."),
    on("www", "dns-in-zone", "name", "www${google_dns_managed_zone.main.dns_name}"),
    on("www", "dns-cname-apex", "name", "${google_dns_managed_zone.main.dns_name}"),
    on("alias", "dns-alias-apex", "name", "a.example.com."),
    on("www", "dns-cname-alone", "name", "API.example.com."),
    on("v6", "dns-record-twice", "type", "A", { at: "name", also: ["dns-address-version", "dns-both-versions"] }),
    on("v4", "dns-address-version", "rrdatas", ["${google_compute_global_address.v6.address}"]),
    on("v6", "dns-address-version", "rrdatas", ["${google_compute_global_address.v4.address}"]),
    {
      rule: "dns-both-versions",
      address: record("v4"),
      change: (document) => {
        const records = (document.resource as Json).google_dns_record_set as Json;
        delete records.v6;
      },
    },
    on("caa", "dns-caa-google", "rrdatas", ['0 issue "other.example"']),
    {
      rule: "dns-authorization-record",
      address: AUTHORIZATION,
      change: (document) => {
        const records = (document.resource as Json).google_dns_record_set as Json;
        delete records.challenge;
      },
    },

    on("weighted", "dns-routing-kind", "routing_policy.geo", [{ location: "europe-west1", rrdatas: ["10.0.0.1"] }]),
    on("weighted", "dns-geo-fencing-kind", "routing_policy.enable_geo_fencing", true),
    on(
      "failover",
      "dns-routing-policy-primary-backup-backup-geo-locations",
      "routing_policy.primary_backup.backup_geo",
      [
        { location: "us-central1", rrdatas: ["10.0.0.2"] },
        { location: "us-central1", rrdatas: ["10.0.0.3"] },
      ],
    ),
    on("near", "dns-routing-policy-geo-locations", "routing_policy.geo.1.location", "europe-west1", {
      at: "routing_policy.geo",
    }),
    on("weighted", "dns-routing-empty", "routing_policy.wrr.0.rrdatas", []),
    on("weighted", "dns-routing-policy-wrr-weights", "routing_policy.wrr", [{ weight: 0, rrdatas: ["10.0.0.1"] }]),
    on("near", "dns-health-type", "type", "TXT", { at: "routing_policy.geo.health_checked_targets" }),
    on("failover", "dns-health-target", "routing_policy.primary_backup.primary.external_endpoints", ["203.0.113.7"], {
      also: ["dns-health-check"],
    }),
    on("outside", "dns-health-check", "routing_policy.health_check", undefined),
    on("failover", "dns-region", `${PRIMARY}.region`, undefined),
    moreOf("dns-health-dnssec", record("weighted"), {
      managed_zone: "main",
      routing_policy: {
        wrr: [{ weight: 1, rrdatas: ["10.0.0.1"], health_checked_targets: { internal_load_balancers: [balancer()] } }],
      },
    }),
    on("near", "dns-geo-fencing", "routing_policy.geo", [{ location: "europe-west1", rrdatas: ["10.0.0.1"] }], {
      at: "routing_policy.enable_geo_fencing",
    }),
  ],
  [
    "dns-alias-apex",
    "dns-authorization-record",
    "dns-both-versions",
    "dns-caa-google",
    "dns-geo-fencing",
    "dns-routing-policy-wrr-weights",
    "dns-rrdatas-quotes",
    "dns-ttl-set",
    "dns-zone-domains",
    "dns-zone-private-network",
  ],
);

test("zones of one for_each are different zones", () => {
  const document = valid();
  const inZone = (key: string) => ({
    ...inMain("", "A", ["203.0.113.1"]),
    name: "api.example.com.",
    managed_zone: `\${google_dns_managed_zone.each["${key}"].name}`,
  });
  const resources = document.resource as Record<string, Json>;
  resources.google_dns_managed_zone!.each = { for_each: "${var.zones}", name: "${each.key}", dns_name: "example.com." };
  Object.assign(resources.google_dns_record_set!, { one: inZone("a"), two: inZone("b") });
  expect(dnsFindings(document)).toEqual([]);
});

const dnsFindings = (document: Json) => findingsOf(document).filter(({ rule }) => rule.startsWith("dns-"));

test("says nothing of zones that are not in the document", () => {
  const anywhere = (managed_zone: string, name: string, type: string) => ({
    managed_zone,
    name,
    type,
    ttl: 300,
    rrdatas: ["${var.data}"],
  });
  expect(
    dnsFindings({
      data: { google_dns_managed_zone: { main: { name: "main" } } },
      resource: {
        google_dns_record_set: {
          literal: anywhere("existing", "api.example.com.", "CNAME"),
          data: anywhere(
            "${data.google_dns_managed_zone.main.name}",
            "api.${data.google_dns_managed_zone.main.dns_name}",
            "A",
          ),
          variable: anywhere("${var.zone}", "${var.name}", "${var.type}"),
          other: anywhere("${var.other_zone}", "${var.name}", "CNAME"),
        },
      },
    }),
  ).toEqual([]);
});

test("says nothing of record sets that exist several times", () => {
  const document = valid();
  Object.assign(resourceAt(document, record("www")), { name: "api.example.com.", for_each: "${var.names}" });
  expect(dnsFindings(document)).toEqual([]);
});

test("a nearer CAA record set decides", () => {
  const document = valid();
  resourceAt(document, record("caa")).rrdatas = ['0 issue "other.example"'];
  const records = (document.resource as Json).google_dns_record_set as Json;
  records.nearer = inMain("api.", "CAA", ['0 issue "pki.goog"']);
  expect(dnsFindings(document)).toEqual([]);
});
