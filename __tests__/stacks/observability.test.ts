import { environments } from "../../stacks/environments";
import { only } from "../support";
import { synthesize } from "./synthesize";

const MONITORING = /^google_monitoring_/;

test("prod keeps what it promises in every region, and tells somebody", () => {
  const prod = synthesize("prod");
  const policies = prod.ofType("google_monitoring_alert_policy");
  const channel = only(prod, "google_monitoring_notification_channel");
  expect(channel.values.labels).toEqual({ email_address: environments.prod!.observability!.emails[0] });
  expect(policies.length).toBeGreaterThan(10);
  for (const { values } of policies) expect(values.notification_channels).toEqual([`\${${channel.address}.name}`]);
  for (const region of [...environments.prod!.regions, "worldwide"]) {
    const objectives = prod.ofType("google_monitoring_slo").map(({ values }) => values.display_name);
    expect(objectives).toContain(`99.9 % of requests answered without a server error, ${region}`);
    expect(objectives).toContain(`95 % of requests answered within 60000 ms, ${region}`);
  }
});

test("prod is probed where Cloud Armor asks for no key", () => {
  const { http_check } = only(synthesize("prod"), "google_monitoring_uptime_check_config").values;
  expect(http_check).toMatchObject({ path: "/api/version", use_ssl: true, validate_ssl: true });
  expect(environments.prod!.edge!.keylessPaths).toContain("/api/version");
});

test("dev is not watched", () => {
  expect(synthesize("dev").resources.filter(({ type }) => MONITORING.test(type))).toEqual([]);
});

test("fails where a protected environment has alerts that nobody gets; for trials they may be looked at", () => {
  const observability = { ...environments.prod!.observability!, emails: [] };
  expect(() => synthesize("prod", { observability })).toThrow(
    /error alert-notification-channels-missing[\s\S]*Alert no-backend/,
  );
  expect(() => synthesize("prod", { observability, destroyable: true })).not.toThrow();
});

test("the load balancer logs the share of requests that an environment names, cached ones too", () => {
  const rates = (rate: number) =>
    synthesize("prod", { logSampleRate: rate })
      .ofType("google_compute_backend_service")
      .map(({ values }) => values.log_config);
  expect(rates(0.1)).toEqual([1, 2].map(() => expect.objectContaining({ enable: true, sample_rate: 0.1 })));
  expect(rates(0)).toEqual([1, 2].map(() => expect.objectContaining({ enable: false })));
  expect(() => rates(10)).toThrow(/logSampleRate/);
});

test.each(["dev", "prod"] as const)("%s names each answer by its trace, cached ones too", (name) => {
  for (const { values } of synthesize(name).ofType("google_compute_backend_service"))
    expect(values.custom_response_headers).toEqual(["X-Trace-Id:{cloud_trace_id}"]);
});

test("reads and writes of data are logged where an environment asks for it", () => {
  const { observability } = environments.prod!;
  const services = (dataAccessLogs?: boolean) =>
    synthesize("prod", { observability: { ...observability!, dataAccessLogs } })
      .ofType("google_project_iam_audit_config")
      .map(({ values }) => values.service);
  expect(services()).toEqual([]);
  expect(services(true)).toContain("run.googleapis.com");
});

test("a budget mails to those who are told of incidents, and needs none of them", () => {
  const budget = { billingAccount: "012345-6789AB-CDEF01", amountPerMonth: 5000 };
  const prod = synthesize("prod", { budget });
  const { address } = only(prod, "google_monitoring_notification_channel");
  expect(only(prod, "google_billing_budget").values.all_updates_rule).toEqual({
    monitoring_notification_channels: [`\${${address}.name}`],
  });
  expect(only(synthesize("dev", { budget }), "google_billing_budget").values.all_updates_rule).toBeUndefined();
  const wrong = { ...budget, billingAccount: "mine" };
  expect(() => synthesize("dev", { budget: wrong })).toThrow(/billingAccount: got "mine"/);
});
