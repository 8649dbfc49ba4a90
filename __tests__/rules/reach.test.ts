import { instanceServingPath } from "./instance-serving-path";
import { adding, changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";
import { API, besideApi, protectedDocument, wholeDocument, without } from "./whole-document";

const CHECK = "google_monitoring_uptime_check_config.api";
const PROXY = "google_compute_target_https_proxy.main";
const PLAIN = "google_compute_global_forwarding_rule.plain";

/** A front end on port 80 that redirects to https, on one address. */
const plain = (address: string, more: Json = {}) =>
  adding({
    "google_compute_url_map.plain": {
      name: "plain",
      default_url_redirect: {
        https_redirect: true,
        strip_query: false,
        redirect_response_code: "PERMANENT_REDIRECT",
        ...more,
      },
      lifecycle: { create_before_destroy: true },
    },
    "google_compute_target_http_proxy.plain": {
      name: "plain",
      url_map: "${google_compute_url_map.plain.id}",
      lifecycle: { create_before_destroy: true },
    },
    [PLAIN]: {
      name: "plain",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      ip_address: `\${google_compute_global_address.${address}.address}`,
      port_range: "80",
      target: "${google_compute_target_http_proxy.plain.id}",
    },
  });

const ownAddress = adding({
  "google_compute_global_address.own": {
    name: "own",
    address_type: "EXTERNAL",
    ip_version: "IPV4",
    lifecycle: { prevent_destroy: true },
  },
});

const recordOf = (name: string, address: string) =>
  adding({
    "google_dns_record_set.other": {
      managed_zone: "${google_dns_managed_zone.main.name}",
      name,
      type: "A",
      ttl: 300,
      rrdatas: [`\${google_compute_global_address.${address}.address}`],
    },
  });

/** A check of a protected API that shows nothing. */
function unauthorized(document: Json): void {
  Object.assign(document, protectedDocument());
  delete (resourceAt(document, CHECK).http_check as Json).service_agent_authentication;
}

/** The machines of a group, used over IPv6. */
function overIpv6(sources?: readonly string[]): Json {
  const document = instanceServingPath();
  const service = Object.keys((document.resource as Json).google_compute_backend_service as Json)[0]!;
  resourceAt(document, `google_compute_backend_service.${service}`).ip_address_selection_policy = "PREFER_IPV6";
  const firewalls = (document.resource as Json).google_compute_firewall as Record<string, Json>;
  if (sources) firewalls.v6 = { ...Object.values(firewalls)[0]!, name: "v6", source_ranges: sources };
  return document;
}

const KEYLESS =
  "!has(request.headers['x-api-key']) && request.method != 'OPTIONS' && !request.path.matches(r'^(/healthz|/docs/.*)$')";

/** The policy of the API's backend denies by this expression, before all others. */
function armed(expression: string, more: Json = {}): (document: Json) => void {
  return (document) => {
    const policy = resourceAt(document, "google_compute_security_policy.edge");
    const rule = { priority: 10, action: "deny(403)", match: { expr: { expression } }, ...more };
    policy.rule = [rule, ...(policy.rule as Json[])];
  };
}

/** The path of the probe is answered with a made-up error for a share of requests; the rest is served. */
function aborted(percentage: number): (document: Json) => void {
  return (document) => {
    Object.assign(resourceAt(document, "google_compute_url_map.main"), {
      host_rule: [{ hosts: ["api.example.com"], path_matcher: "all" }],
      path_matcher: [
        {
          name: "all",
          default_service: `\${${API}.id}`,
          path_rule: [
            {
              paths: ["/ready"],
              service: `\${${API}.id}`,
              route_action: { fault_injection_policy: { abort: { http_status: 404, percentage } } },
            },
          ],
        },
      ],
    });
  };
}

/** The API refuses every client without a key; another backend, which has no policy, serves `/v1/models`. */
function besideArmed(document: Json): void {
  armed(KEYLESS)(document);
  besideApi({})(document);
}

describeGroup(
  "reach",
  wholeDocument,
  [
    changed("reach-ip-versions", PLAIN, plain("v4"), { at: "port_range", also: ["forwarding-ipv6-version"] }),
    changed(
      "reach-https-redirect",
      PLAIN,
      (document) => {
        ownAddress(document);
        plain("own")(document);
      },
      { at: "ip_address" },
    ),
    changed(
      "reach-record-served",
      "google_dns_record_set.other",
      (document) => {
        ownAddress(document);
        recordOf("old.example.com.", "own")(document);
      },
      { at: "rrdatas" },
    ),
    changed("reach-record-certified", "google_dns_record_set.other", recordOf("www.example.com.", "v4"), {
      at: "name",
      also: ["dns-both-versions"],
    }),
    changed("reach-host-announced", PROXY, (document) => unannounced(document), {
      at: "certificate_map",
    }),
    ...on(CHECK, ["reach-uptime-port", "http_check.port", 8443]),
    ...on(CHECK, ["reach-uptime-port", "http_check", { path: "/ready" }, "http_check.port"]),
    ...on(CHECK, ["reach-uptime-port", "http_check", { path: "/ready", port: "80" }, "http_check.port"]),
    ...on(CHECK, [
      "reach-uptime-certificate",
      "monitored_resource.labels.host",
      "${google_compute_global_address.v4.address}",
      "http_check.validate_ssl",
    ]),
    changed("reach-uptime-refused", CHECK, unauthorized, { at: "http_check.service_agent_authentication" }),
    changed("reach-uptime-denied", CHECK, armed(KEYLESS), { at: "http_check.path" }),
    changed("reach-uptime-path", CHECK, aborted(100), { at: "http_check.path" }),
    changed(
      "reach-backend-routed",
      "google_compute_backend_bucket.files",
      adding({
        "google_compute_backend_bucket.files": {
          name: "files",
          bucket_name: "my-files",
          lifecycle: { create_before_destroy: true },
        },
      }),
      { at: "name" },
    ),
    changed(
      "reach-ipv6-health-checks",
      "google_compute_region_instance_group_manager.model",
      (document) => Object.assign(document, overIpv6()),
      { at: "version.instance_template" },
    ),
  ],
  [
    "reach-backend-routed",
    "reach-host-announced",
    "reach-https-redirect",
    "reach-ip-versions",
    "reach-ipv6-health-checks",
    "reach-record-certified",
    "reach-record-served",
    "reach-uptime-certificate",
    "reach-uptime-denied",
    "reach-uptime-path",
    "reach-uptime-port",
    "reach-uptime-refused",
  ],
);

const own = (document: Json) => ids(document).filter((id) => id.startsWith("reach-"));

function changedBy(...changes: readonly ((document: Json) => void)[]): Json {
  const document = wholeDocument();
  for (const change of changes) change(document);
  return document;
}

const unannounced = without("google_dns_record_set.v4", "google_dns_record_set.v6");

/** A record and a certificate for all names below the zone. */
function wildcard(document: Json): void {
  recordOf("*.example.com.", "v4")(document);
  adding({
    "google_certificate_manager_certificate_map_entry.all": {
      name: "all",
      map: "${google_certificate_manager_certificate_map.main.name}",
      hostname: "*.example.com",
      certificates: ["${google_certificate_manager_certificate.api.id}"],
    },
  })(document);
}

describe("says nothing of", () => {
  const silent: readonly (readonly [string, () => Json])[] = [
    [
      "a port that is open over both IP versions",
      () =>
        changedBy(
          plain("v4"),
          adding({
            "google_compute_global_forwarding_rule.plain6": {
              name: "plain6",
              load_balancing_scheme: "EXTERNAL_MANAGED",
              ip_version: "IPV6",
              ip_address: "${google_compute_global_address.v6.address}",
              port_range: "80-80",
              target: "${google_compute_target_http_proxy.plain.id}",
            },
          }),
        ),
    ],
    [
      "ports and redirects beside a front end whose address is computed",
      () =>
        changedBy(ownAddress, plain("own"), plain("v4"), (document) => {
          resourceAt(document, "google_compute_global_forwarding_rule.v6").ip_address = "${local.v6}";
        }),
    ],
    [
      "an address and a backend that locals hand on",
      () =>
        changedBy(
          ownAddress,
          recordOf("old.example.com.", "own"),
          adding({ "google_compute_backend_bucket.files": { name: "files", bucket_name: "my-files" } }),
          (document) => {
            document.locals = {
              address: "${google_compute_global_address.own.address}",
              files: "${google_compute_backend_bucket.files.id}",
            };
          },
        ),
    ],
    ["a redirect to another host", () => changedBy(ownAddress, plain("own", { host_redirect: "api.example.com" }))],
    [
      "an address without a front end that something else uses, or another stack may",
      () =>
        changedBy(ownAddress, recordOf("old.example.com.", "own"), (document) => {
          document.output = { address: { value: "${google_compute_global_address.own.address}" } };
        }),
    ],
    [
      "a name whose certificates are not all known",
      () =>
        changedBy(recordOf("www.example.com.", "v4"), (document) => {
          delete resourceAt(document, "google_certificate_manager_certificate_map_entry.api").hostname;
          resourceAt(document, "google_certificate_manager_certificate_map_entry.api").matcher = "PRIMARY";
        }),
    ],
    ["a host that a record for all names is for", () => changedBy(unannounced, wildcard)],
    [
      "a host whose name is delegated to another zone",
      () =>
        changedBy(
          unannounced,
          adding({
            "google_dns_record_set.other": {
              managed_zone: "${google_dns_managed_zone.main.name}",
              name: "api.example.com.",
              type: "NS",
              ttl: 300,
              rrdatas: ["ns1.example.net."],
            },
          }),
        ),
    ],
    ["a host in a zone with records that are not known", () => changedBy(unannounced, recordOf("${var.name}", "v4"))],
    [
      "a check of a host that is not in the document",
      () => changedBy((document) => setHost(document, "status.example.org", { path: "/", port: 8443 })),
    ],
    [
      "a check by the address that validates no certificate",
      () =>
        changedBy((document) =>
          setHost(document, "${google_compute_global_address.v4.address}", { path: "/", port: 443, use_ssl: true }),
        ),
    ],
    [
      "a check with a port that is computed",
      () => changedBy((document) => setHost(document, "api.example.com", { port: "${var.p}" })),
    ],
    [
      "a check of a protected API that accepts the refusal",
      () => {
        const document = protectedDocument();
        const check = resourceAt(document, CHECK).http_check as Json;
        delete check.service_agent_authentication;
        check.accepted_response_status_codes = [{ status_value: 403 }];
        return document;
      },
    ],
    [
      "a check of an API with a route that lets anybody in",
      () => {
        const document = protectedDocument();
        delete (resourceAt(document, CHECK).http_check as Json).service_agent_authentication;
        resourceAt(document, "google_cloud_run_v2_service.us").invoker_iam_disabled = true;
        return document;
      },
    ],
    [
      "a backend beside a URL map whose routes are computed",
      () =>
        changedBy(
          adding({ "google_compute_backend_bucket.files": { name: "files", bucket_name: "my-files" } }),
          (document) => {
            resourceAt(document, "google_compute_url_map.main").path_matcher = "${var.matchers}";
          },
        ),
    ],
    [
      "machines used over IPv6 that a rule lets IPv6 reach",
      () => overIpv6(["2600:2d00:1:b029::/64", "2600:2d00:1:1::/64"]),
    ],
  ];

  test.each(silent)("%s", (_title, document) => {
    expect(own(document())).toEqual([]);
  });
});

function setHost(document: Json, host: string, check: Json): void {
  const config = resourceAt(document, CHECK);
  config.http_check = check;
  config.monitored_resource = { type: "uptime_url", labels: { host } };
}

test("names the fix for a port that is open over IPv4 only", () => {
  const [finding] = findingsOf(changedBy(plain("v4"))).filter(({ rule }) => rule === "reach-ip-versions");
  expect(finding).toMatchObject({ value: 80, fix: "add a forwarding rule for the port on the other address" });
  expect(finding?.message).toContain("not on google_compute_global_address.v6");
});

describe("what Cloud Armor does with a probe", () => {
  const asked = (check: Json, ...change: Parameters<typeof armed>) =>
    own(
      changedBy(armed(...change), (document) => {
        const block = resourceAt(document, CHECK).http_check as Json;
        Object.assign(block, check);
      }),
    );

  test.each<[string, Json]>([
    ["a path without key", { path: "/healthz" }],
    ["a path below one", { path: "/docs/a" }],
    ["the key", { headers: { "X-Api-Key": "k" } }],
    ["headers that are not known", { headers: "${var.headers}" }],
    ["a path that is not known", { path: "${var.path}" }],
    ["a refusal that is right", { accepted_response_status_codes: [{ status_value: 403 }] }],
  ])("nothing is said of %s", (_, check) => {
    expect(asked(check, KEYLESS)).toEqual([]);
  });

  test.each<[string, string, Json]>([
    ["a rule that is only previewed", KEYLESS, { preview: true }],
    ["a rule that allows", KEYLESS, { action: "allow" }],
    ["an address or a country", "origin.region_code == 'XX'", {}],
    ["a header that every client may send", "!has(request.headers['user-agent'])", {}],
    ["an expression that is not known", "${var.expression}", {}],
    ["a method that probes do not use", "request.method == 'DELETE'", {}],
  ])("nothing is said of %s", (_, expression, more) => {
    expect(asked({}, expression, more)).toEqual([]);
  });

  test.each([
    "request.path.startsWith('/re') && request.method == 'GET'",
    "request.path.contains('ead') || origin.region_code == 'XX'",
    "!(request.path == '/healthz')",
  ])("it is denied by %s", (expression) => {
    expect(asked({}, expression)).toEqual(["reach-uptime-denied"]);
  });
});

describe("a probe is judged by the route that answers its path", () => {
  const found = (change: (document: Json) => void, check: Json = {}) => {
    const document = wholeDocument();
    change(document);
    Object.assign(resourceAt(document, CHECK).http_check as Json, check);
    return ids(document).filter((id) => id.startsWith("reach-"));
  };

  test("a policy of other paths is none of its business", () => {
    expect(found(besideArmed)).toEqual(["reach-uptime-denied"]);
    expect(found(besideArmed, { path: "/v1/models" })).toEqual([]);
  });

  test("a share of made-up errors lets it pass sometimes", () => expect(found(aborted(50))).toEqual([]));

  test("another path than the aborted one is served", () => expect(found(aborted(100), { path: "/" })).toEqual([]));

  test("headers that are not known may lead elsewhere", () => {
    expect(found(aborted(100), { headers: "${var.headers}" })).toEqual([]);
  });

  test("the status of the made-up error may be what it expects", () => {
    expect(found(aborted(100), { accepted_response_status_codes: [{ status_value: 404 }] })).toEqual([]);
  });
});
