import { cloudRunTrafficRules } from "../../../lib/rules/cloud-run/cloud-run-traffic";
import { describeRules, findingsOf, resourceAt, wrongValues } from "../rule-support";
import { POOL, SMALL, WEB, workloads } from "./cloud-run-document";

const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";
const REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
const old = { type: REVISION, revision: "web-old" };

describeRules(cloudRunTrafficRules, workloads, [
  ...wrongValues("run-traffic-percent", WEB, "traffic.0.percent", 101, -1),
  ...wrongValues("run-split-percent", POOL, "instance_splits.0.percent", 101),
  ...wrongValues("run-traffic-type", WEB, "traffic.0.type", "LATEST"),
  ...wrongValues("run-split-type", POOL, "instance_splits.0.type", LATEST),
  ...wrongValues("run-traffic-tag", WEB, "traffic.0.tag", "Live", "1st", "a_b"),
  ...wrongValues("run-traffic-sum", WEB, "traffic.0.percent", 90, "50", undefined),
  ...wrongValues("run-traffic-sum", WEB, "traffic", [
    { type: LATEST, percent: 60 },
    { ...old, percent: 60 },
  ]),
  ...wrongValues("run-traffic-sum", POOL, "instance_splits.0.percent", 99),
  ...wrongValues("run-traffic-revision", WEB, "traffic.0.revision", "web-1"),
  ...wrongValues("run-traffic-revision", WEB, "traffic.0.type", REVISION),
  ...wrongValues("run-traffic-tag-length", WEB, "traffic.0.tag", "x".repeat(44)),
  ...wrongValues("run-traffic-tags", WEB, "traffic", [
    { type: LATEST, percent: 100, tag: "a" },
    { ...old, tag: "a" },
  ]),
  ...wrongValues("run-revision-name", WEB, "template.revision", "blue", "web-Blue", `web-${"x".repeat(60)}`),
  ...wrongValues("run-revision-fixed", SMALL, "template.revision", "small-1"),
  ...wrongValues("run-traffic-latest-missing", WEB, "traffic", [{ ...old, percent: 100 }]),
  {
    rule: "run-session-affinity-split",
    address: WEB,
    change: (document) => {
      const web = resourceAt(document, WEB);
      web.traffic = [
        { type: LATEST, percent: 10 },
        { ...old, percent: 90 },
      ];
      Object.assign(web.template as object, { session_affinity: true });
    },
  },
]);

test.each([
  [
    "a tag that gets no traffic",
    [
      { type: LATEST, percent: 100 },
      { ...old, tag: "old" },
    ],
  ],
  [
    "percentages that Terraform computes",
    [
      { type: LATEST, percent: "${var.percent}" },
      { ...old, percent: 50 },
    ],
  ],
  ["traffic that Terraform computes", "${var.traffic}"],
  ["a revision that Terraform computes", [{ type: "${var.type}", revision: "${var.revision}", percent: 100 }]],
])("says nothing of %s", (_title, traffic) => {
  const document = workloads();
  resourceAt(document, WEB).traffic = traffic;
  const ids = cloudRunTrafficRules.map((rule) => rule.id);
  expect(findingsOf(document).filter((finding) => ids.includes(finding.rule))).toEqual([]);
});
