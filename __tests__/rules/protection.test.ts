import { adding, changed, describeGroup, findingsOf, ids, type Json, resourceAt } from "./rule-support";
import { API, besideApi, wholeDocument } from "./whole-document";

const OTHER = "google_compute_backend_service.other";
const POLICY = "google_compute_security_policy.edge";
const FILES = "google_compute_backend_bucket.files";
const GUARD = "${google_compute_security_policy.edge.id}";
const IAP = { enabled: true };

const rules = (change: (rules: Json[]) => void) => (document: Json) =>
  change(resourceAt(document, POLICY).rule as Json[]);

/** The first rule of the policy counts requests by a key. */
const limited = (options: Json) =>
  rules((all) => {
    Object.assign(all[0]!, {
      action: "throttle",
      rate_limit_options: {
        conform_action: "allow",
        exceed_action: "deny(429)",
        rate_limit_threshold: { count: 100, interval_sec: 60 },
        ...options,
      },
    });
  });

/** A bucket behind the load balancer, with a key for signed URLs. */
function signed(member: string, family = "google_storage_bucket_iam_member"): (document: Json) => void {
  return (document) => {
    adding({
      "google_storage_bucket.files": {
        name: "my-project-files",
        location: "EU",
        uniform_bucket_level_access: true,
      },
      [`${family}.files`]: {
        bucket: "${google_storage_bucket.files.name}",
        role: "roles/storage.objectViewer",
        member,
      },
      [FILES]: {
        name: "files",
        bucket_name: "${google_storage_bucket.files.name}",
        enable_cdn: true,
        lifecycle: { create_before_destroy: true },
      },
      "google_compute_backend_bucket_signed_url_key.a": {
        name: "a",
        key_value: "${random_id.key.b64_url}",
        backend_bucket: "${google_compute_backend_bucket.files.name}",
      },
    })(document);
    document.output = { files: { value: `\${${FILES}.id}` } };
  };
}

/** The API with IAP, and a second way in without. */
function besideIap(values: Json): (document: Json) => void {
  return (document) => {
    besideApi({ security_policy: GUARD, ...values })(document);
    resourceAt(document, API).iap = IAP;
    adding({
      "google_iap_web_backend_service_iam_member.users": {
        web_backend_service: "${google_compute_backend_service.api.name}",
        role: "roles/iap.httpsResourceAccessor",
        member: "group:users@example.com",
      },
    })(document);
  };
}

describeGroup(
  "protection",
  wholeDocument,
  [
    changed("protection-way-around", OTHER, besideApi({}), { at: "security_policy" }),
    changed("protection-iap-way-around", OTHER, besideIap({}), {
      at: "iap",
      also: ["failover-health-iap", "reach-uptime-refused"],
    }),
    changed(
      "protection-policy-idle",
      POLICY,
      rules((all) => {
        all[0]!.preview = true;
      }),
      { at: "rule" },
    ),
    changed(
      "protection-policy-idle",
      POLICY,
      rules((all) => all.shift()),
      { at: "rule" },
    ),
    changed("protection-rate-key", POLICY, limited({ enforce_on_key: "XFF_IP" }), {
      at: "rule.rate_limit_options.enforce_on_key",
    }),
    changed(
      "protection-rate-key",
      POLICY,
      limited({
        enforce_on_key_configs: [
          { enforce_on_key_type: "HTTP_HEADER", enforce_on_key_name: "X-Forwarded-For" },
          { enforce_on_key_type: "HTTP_PATH" },
        ],
      }),
      { at: "rule.rate_limit_options.enforce_on_key" },
    ),
    changed(
      "protection-signed-public",
      "google_compute_backend_bucket_signed_url_key.a",
      (document) => signed("allUsers")(document),
      { at: "backend_bucket", also: ["security-public-bucket"] },
    ),
  ],
  [
    "protection-iap-way-around",
    "protection-policy-idle",
    "protection-rate-key",
    "protection-signed-public",
    "protection-way-around",
  ],
);

function own(...changes: readonly ((document: Json) => void)[]): string[] {
  const document = wholeDocument();
  for (const change of changes) change(document);
  return ids(document).filter((id) => id.startsWith("protection-"));
}

test("a regional endpoint goes around the policy of the global load balancer, too", () => {
  const document = wholeDocument();
  adding({
    "google_compute_region_backend_service.eu": {
      name: "eu",
      region: "europe-west1",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      protocol: "HTTPS",
      backend: [{ group: "${google_compute_region_network_endpoint_group.eu.id}", capacity_scaler: 1 }],
    },
  })(document);
  const [found] = findingsOf(document).filter(({ rule }) => rule === "protection-way-around");
  expect(found).toMatchObject({ address: "google_compute_region_backend_service.eu", attribute: "security_policy" });
  expect(found?.message).toContain(`${API} has one`);
  resourceAt(document, "google_compute_region_backend_service.eu").load_balancing_scheme = "INTERNAL_MANAGED";
  expect(ids(document)).not.toContain("protection-way-around");
});

test("says nothing of backends that both have it, lead elsewhere, or whose policy is computed", () => {
  expect(own(besideApi({ security_policy: GUARD }))).toEqual([]);
  expect(own(besideApi({ security_policy: "${var.policy}" }))).toEqual([]);
  expect(own(besideApi({ backend: [{ group: "projects/p/regions/us-central1/networkEndpointGroups/x" }] }))).toEqual(
    [],
  );
  expect(own(besideIap({ iap: IAP }))).toEqual([]);
  const instance = (name: string) => [{ group: `\${google_compute_region_network_endpoint_group.eu["${name}"].id}` }];
  expect(
    own(besideApi({ backend: instance("open") }), (document) => {
      resourceAt(document, API).backend = instance("api");
      resourceAt(document, "google_compute_region_network_endpoint_group.eu").for_each = "${toset(var.names)}";
    }),
  ).toEqual([]);
  // Cached paths beside IAP, as Google documents it.
  expect(own(besideIap({ enable_cdn: true }))).toEqual([]);
});

test("says nothing of a policy that may act, learns, or is not in use", () => {
  expect(
    own(
      rules((all) => {
        all[0]!.preview = "${var.preview}";
      }),
    ),
  ).toEqual([]);
  const learning = (document: Json) => {
    resourceAt(document, POLICY).adaptive_protection_config = { layer_7_ddos_defense_config: { enable: true } };
  };
  expect(
    own(
      rules((all) => all.shift()),
      learning,
    ),
  ).toEqual([]);
  expect(
    own(
      rules((all) => all.shift()),
      (document) => {
        delete resourceAt(document, API).security_policy;
      },
    ),
  ).toEqual([]);
});

test("a limit by address, by an API key, or of a bucket that only the load balancer reads is not judged", () => {
  expect(own(limited({ enforce_on_key: "IP" }))).toEqual([]);
  expect(own(limited({ enforce_on_key: "HTTP_HEADER", enforce_on_key_name: "authorization" }))).toEqual([]);
  expect(own(signed("serviceAccount:service-1@cloud-cdn-fill.iam.gserviceaccount.com"))).toEqual([]);
});
