import type { Construct } from "constructs";
import { DataAccessLogs, type DataAccessLogsOptions, DataAccessType, ModelStore } from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import type { TerraformDocument } from "../../lib/topology/document";
import { buildApi } from "../api/global-ai-api-support";
import { attributes, dependsOn, only, testStack } from "../support";
import { expectTransition } from "../transition-support";

const CONFIG = "google_project_iam_audit_config";

const store = (scope: Construct) => new ModelStore(scope, "Models", { locations: ["europe-west1"] });

function logged(options: DataAccessLogsOptions = {}, isLater = false): TerraformDocument {
  return buildApi({ rules: false }, (api) => {
    if (!isLater) store(api);
    DataAccessLogs.attach(api, options);
    if (isLater) store(api);
  });
}

const services = (document: TerraformDocument) => document.ofType(CONFIG).map(({ values }) => values.service);

test("log reads and writes of the services in use, also of those that come to be used", () => {
  const document = logged();
  expect(services(document)).toEqual(expect.arrayContaining(["run.googleapis.com", "storage.googleapis.com"]));
  expect(services(document)).not.toContain("secretmanager.googleapis.com");
  expect(services(logged({}, true)).sort()).toEqual(services(document).sort());
  const config = only(document, CONFIG, "/storage.googleapis.com");
  expect(attributes(config)).toEqual({
    project: "test-project",
    service: "storage.googleapis.com",
    audit_log_config: [{ log_type: "DATA_READ" }, { log_type: "DATA_WRITE" }],
  });
  expect(dependsOn(config)).toContain(only(document, "google_project_service", "/storage").address);
});

test("are off by default", () => {
  expect(services(buildApi({ rules: false }, store))).toEqual([]);
});

test("leave some out", () => {
  const exemptedMembers = ["serviceAccount:runner@test-project.iam.gserviceaccount.com"];
  const document = logged({ types: [DataAccessType.DATA_READ, DataAccessType.DATA_READ], exemptedMembers });
  const expected = [{ log_type: "DATA_READ", exempted_members: exemptedMembers }];
  for (const { values } of document.ofType(CONFIG)) expect(values.audit_log_config).toEqual(expected);
});

test("change in place, come and go alone, and give the rules nothing to say", () => {
  const [before, after] = [logged(), logged({ types: [DataAccessType.DATA_WRITE] })];
  const configs = services(before).map((service) => `DataAccessLogs/${service}`);
  expectTransition(before, after, { changed: configs });
  expectTransition(buildApi({ rules: false }, store), before, {
    added: [...configs, "ProjectServices/cloudresourcemanager"].filter(
      (path) => !buildApi({ rules: false }, store).resources.some((each) => each.path === `test/${path}`),
    ),
  });
  const { findings } = evaluate(before, allRules);
  expect(findings.map(({ rule }) => rule).filter((rule) => /^(iam|project)-/.test(rule))).toEqual([]);
});

test("are not made for what could not be", () => {
  const stack = testStack();
  const logs = DataAccessLogs.attach(stack);
  expect(() => new ModelStore(stack, "Models", { locations: ["nowhere"] })).toThrow("nowhere");
  expect(logs.configs).toEqual([]);
  new ModelStore(stack, "Models", { locations: ["europe-west1"] });
  expect(logs.configs.map(({ serviceInput }) => serviceInput)).toContain("storage.googleapis.com");
});

test("fails for a second call, and for no types", () => {
  const stack = testStack();
  expect(() => DataAccessLogs.attach(stack, { types: [] })).toThrow(/at least one type/);
  DataAccessLogs.attach(stack);
  expect(() => DataAccessLogs.attach(stack)).toThrow(/pass all types and exempted members to the first/);
});
