import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { MetricKind, ScaleIn, ScalingMode, type ScalingSchedule, ScalingSignal } from "../../../lib";
import { type Autoscaling, renderAutoscaling } from "../../../lib/region/instance-group/instance-autoscaling";

const stack = new TerraformStack(Testing.app(), "test");

function render(scaling: Partial<Autoscaling> = {}): ReturnType<typeof renderAutoscaling> {
  return renderAutoscaling(stack, {
    minInstances: 1,
    maxInstances: 10,
    signals: [ScalingSignal.cpu(0.6)],
    schedules: [],
    scaleIn: ScaleIn.unlimited(),
    mode: ScalingMode.ON,
    initializationSeconds: 180,
    ...scaling,
  });
}

const schedule = (changes: Partial<ScalingSchedule> = {}): ScalingSchedule => ({
  name: "morning",
  cron: "30 7 * * Mon-Fri",
  durationSeconds: 3600,
  minInstances: 5,
  ...changes,
});

test("several signals stand side by side, and the one that asks for the most decides", () => {
  const waiting = "custom.googleapis.com/inference/waiting_requests";
  expect(
    render({
      signals: [
        ScalingSignal.cpu(0.6, { predictive: true }),
        ScalingSignal.loadBalancing(0.8),
        ScalingSignal.metricPerInstance(waiting, 4, { filter: 'metric.labels.model = "chat"' }),
        ScalingSignal.metricPerInstance("custom.googleapis.com/tokens", 900, { kind: MetricKind.DELTA_PER_SECOND }),
        ScalingSignal.gpuUtilization(70),
        ScalingSignal.queue("projects/acme/subscriptions/jobs", 20),
        ScalingSignal.metricPerGroup("custom.googleapis.com/backlog", 5, 'resource.type = "global"'),
      ],
    }),
  ).toMatchObject({
    cpuUtilization: { target: 0.6, predictiveMethod: "OPTIMIZE_AVAILABILITY" },
    loadBalancingUtilization: { target: 0.8 },
    metric: [
      { name: waiting, target: 4, type: "GAUGE", filter: 'metric.labels.model = "chat"' },
      { name: "custom.googleapis.com/tokens", target: 900, type: "DELTA_PER_SECOND" },
      { name: "custom.googleapis.com/serving/gpu_utilization", target: 70, type: "GAUGE" },
      {
        name: "pubsub.googleapis.com/subscription/num_undelivered_messages",
        singleInstanceAssignment: 20,
        filter: 'resource.type = "pubsub_subscription" AND resource.labels.subscription_id = "jobs"',
      },
      { name: "custom.googleapis.com/backlog", singleInstanceAssignment: 5, filter: 'resource.type = "global"' },
    ],
  });
});

test("a single signal leaves the others out", () => {
  const policy = render({ signals: [ScalingSignal.loadBalancing(1)], mode: ScalingMode.ONLY_SCALE_OUT });
  expect(policy).toMatchObject({ mode: "ONLY_SCALE_OUT", cooldownPeriod: 180, minReplicas: 1, maxReplicas: 10 });
  expect([policy.cpuUtilization, policy.metric, policy.scalingSchedules, policy.scaleInControl]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("the group shrinks as fast as it may", () => {
  expect(render({ scaleIn: ScaleIn.instances(2) }).scaleInControl).toEqual({
    maxScaledInReplicas: { fixed: 2 },
    timeWindowSec: 600,
  });
  expect(render({ scaleIn: ScaleIn.percent(10, { windowSeconds: 900 }) }).scaleInControl).toEqual({
    maxScaledInReplicas: { percent: 10 },
    timeWindowSec: 900,
  });
});

test("schedules are of a time zone", () => {
  const evening = schedule({ name: "evening", cron: "0 18 24 12 * 2026", timeZone: "Europe/Berlin", disabled: true });
  expect(render({ schedules: [schedule(), evening] }).scalingSchedules).toEqual([
    {
      name: "morning",
      schedule: "30 7 * * Mon-Fri",
      timeZone: "UTC",
      durationSec: 3600,
      minRequiredReplicas: 5,
      disabled: false,
    },
    expect.objectContaining({ schedule: "0 18 24 12 * 2026", timeZone: "Europe/Berlin", disabled: true }),
  ]);
});

test("a group may be empty where something wakes it up", () => {
  const queue = ScalingSignal.queue("jobs", 10);
  expect(render({ minInstances: 0, signals: [queue] }).minReplicas).toBe(0);
  expect(render({ minInstances: 0, signals: [queue, ScalingSignal.cpu(0.6)] }).minReplicas).toBe(0);
  expect(render({ minInstances: 0, schedules: [schedule()] }).minReplicas).toBe(0);
});

test("references pass", () => {
  const name = new TerraformVariable(stack, "Subscription", {}).stringValue;
  const [metric] = render({ signals: [ScalingSignal.queue(name, 1)] }).metric as { filter: string }[];
  expect(metric!.filter).toContain(name);
});

const metric = (type: string, filter?: string) => ScalingSignal.metricPerInstance(type, 1, { filter });
const FAILURES: [string, Partial<Autoscaling>, RegExp][] = [
  ["no signal", { signals: [] }, /scaling: got \[\].*at least one signal/],
  ["two CPU targets", { signals: [ScalingSignal.cpu(0.5), ScalingSignal.cpu(0.6)] }, /scaling: got "cpu"/],
  ["one metric twice", { signals: [metric("a.b/c"), metric("a.b/c")] }, /scaling: got "perInstance a.b\/c"/],
  ["a CPU target as percentage", { signals: [ScalingSignal.cpu(60)] }, /scaling.cpu: got 60.*up to 1/],
  ["a CPU target of nothing", { signals: [ScalingSignal.cpu(0)] }, /scaling.cpu: got 0/],
  ["a load of two", { signals: [ScalingSignal.loadBalancing(2)] }, /scaling.loadBalancing: got 2/],
  ["a GPU busier than it can be", { signals: [ScalingSignal.gpuUtilization(101)] }, /gpuUtilization: got 101/],
  ["a metric target below zero", { signals: [ScalingSignal.queue("jobs", -1)] }, /scaling.metric: got -1/],
  ["a metric that is none", { signals: [metric("waiting requests")] }, /scaling.metric: got "waiting requests"/],
  ["a subscription that is none", { signals: [ScalingSignal.queue("a b", 1)] }, /scaling.queue: got "a b"/],
  ["a filter with OR", { signals: [metric("a.b/c", 'x = "a" OR x = "b"')] }, /scaling.filter.*joined by AND/],
  ["a filter by another comparison", { signals: [metric("a.b/c", "x > 3")] }, /scaling.filter/],
  ["a filter of machines", { signals: [metric("a.b/c", 'resource.labels.zone = "a"')] }, /metric labels only/],
  [
    "a metric of the group without its resource",
    { signals: [ScalingSignal.metricPerGroup("a.b/c", 1, 'metric.labels.x = "y"')] },
    /resource.type/,
  ],
  [
    "a metric of the group that is one of each machine",
    { signals: [ScalingSignal.metricPerGroup("a.b/c", 1, 'resource.type = "gce_instance"')] },
    /other than gce_instance/,
  ],
  ["an empty group that the CPU would have to wake", { minInstances: 0 }, /minInstances: got 0.*never wake/],
  [
    "an empty group behind a load balancer",
    { minInstances: 0, signals: [ScalingSignal.loadBalancing(0.8), ScalingSignal.queue("jobs", 1)] },
    /minInstances: got 0.*sends nothing to an empty group/,
  ],
  ["more at least than at most", { minInstances: 11 }, /minInstances: got 11.*maxInstances, 10/],
  ["no machine at most", { minInstances: 0, maxInstances: 0 }, /maxInstances: got 0/],
  ["a start of a day", { initializationSeconds: 86400 }, /initializationSeconds: got 86400/],
  ["a scale-in of nothing", { scaleIn: ScaleIn.instances(0) }, /scaleIn.fixed: got 0.*ONLY_SCALE_OUT/],
  ["a scale-in beyond all", { scaleIn: ScaleIn.percent(120) }, /scaleIn.percent: got 120/],
  ["a scale-in window of seconds", { scaleIn: ScaleIn.percent(9, { windowSeconds: 10 }) }, /windowSeconds: got 10/],
  ["a schedule of a name", { schedules: [schedule({ name: "Mo" })] }, /scalingSchedules.name: got "Mo"/],
  ["two schedules of one name", { schedules: [schedule(), schedule()] }, /scalingSchedules: got "morning"/],
  ["a schedule by the hour", { schedules: [schedule({ cron: "every hour" })] }, /morning.cron: got "every hour"/],
  ["a schedule at 25 h", { schedules: [schedule({ cron: "0 25 * * *" })] }, /morning.cron.*hour: 25/],
  ["a schedule by an offset", { schedules: [schedule({ timeZone: "+01:00" })] }, /morning.timeZone: got "\+01:00"/],
  ["a schedule of a minute", { schedules: [schedule({ durationSeconds: 60 })] }, /durationSeconds: got 60/],
  ["a schedule beyond the maximum", { schedules: [schedule({ minInstances: 11 })] }, /morning.minInstances: got 11/],
];

test.each(FAILURES)("fails with %s", (_title, scaling, message) => {
  expect(() => render(scaling)).toThrow(message);
});
