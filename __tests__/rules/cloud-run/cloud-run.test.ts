import { cloudRunRules } from "../../../lib/rules/cloud-run/cloud-run";
import { describeRules, findingsOf, wrongValues } from "../rule-support";
import { JOB, WEB, workloads } from "./cloud-run-document";

describeRules([], workloads, [
  ...wrongValues("run-timeout", WEB, "template.timeout", "2h"),
  ...wrongValues("run-job-timeout", JOB, "template.template.timeout", "2h"),
]);

test("every rule has an ID of its own", () => {
  const ids = cloudRunRules.map((rule) => rule.id);
  expect(ids).toEqual([...new Set(ids)]);
});

test("says nothing of the workloads of other clouds and of version 1", () => {
  const document = {
    resource: {
      aws_ecs_service: { api: { name: "API!", location: "nowhere" } },
      google_cloud_run_service: {
        api: { name: "api", location: "us-central1", template: { spec: { timeout: 9999 } } },
      },
    },
  };
  expect(findingsOf(document)).toEqual([]);
});
